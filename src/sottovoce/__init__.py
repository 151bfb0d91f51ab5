"""Sottovoce: a private messenger people run for themselves, speaking Matrix."""

__version__ = "0.1.0"
