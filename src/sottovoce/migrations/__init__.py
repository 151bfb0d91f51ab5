"""Numbered schema steps, written once for both engines; `schema.sql` is their generated sum."""
