"""The Matrix protocol as pure functions: no loop, clock, randomness, disk or log.

Everything here takes values and answers with values; whoever has to load, wait or remember does so outside.
"""
