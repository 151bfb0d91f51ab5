"""Endpoints of our own, under `/_sottovoce/v1`."""
