"""One file per measure. Each answers numbers by name; bench/table.py says what they mean."""
