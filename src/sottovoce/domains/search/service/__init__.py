"""Searching: everything that may be asked of it."""

from .search import MAX_HITS, Search

__all__ = ["MAX_HITS", "Search"]
