"""Sottovoce: a private messenger people run for themselves, speaking Matrix."""
