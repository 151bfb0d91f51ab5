"""Clients written by others, as they are, against the server as it is installed."""
