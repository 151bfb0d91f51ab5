"""Compression of JSON answers, for those who say they take it."""

import asyncio
import zlib
from functools import lru_cache

# Below this an answer and its headers fit one packet anyway, and compressing costs time for nothing.
COMPRESS_FROM_BYTES = 1200
# Above this the work is done in a thread (zlib lets the others run).
THREAD_FROM_BYTES = 64 * 1024
LEVEL_SMALL = 1
LEVEL_LARGE = 5
# Browsers say this in a handful of ways.
KNOWN_PREFERENCES = 64
_GZIP_WINDOW_BITS = 31

GZIP_HEADERS = ((b"content-encoding", b"gzip"),)


@lru_cache(KNOWN_PREFERENCES)
def takes(accept_encoding: bytes, coding: bytes) -> bool:
    """Whether this Accept-Encoding value names the coding, and not to refuse it. Spec: RFC 9110, Accept-Encoding."""
    for part in accept_encoding.lower().split(b","):
        name, _, weight = part.replace(b" ", b"").partition(b";q=")
        if name == coding:
            return weight.strip(b"0.") != b"" or not weight
    return False


def gzipped(body: bytes, level: int) -> bytes:
    """The body as one gzip member, without a time in it."""
    packer = zlib.compressobj(level, zlib.DEFLATED, _GZIP_WINDOW_BITS)
    return packer.compress(body) + packer.flush()


async def compressed(body: bytes) -> bytes:
    """The body gzipped, in a thread if it is large."""
    if len(body) < THREAD_FROM_BYTES:
        return gzipped(body, LEVEL_SMALL)
    return await asyncio.to_thread(gzipped, body, LEVEL_LARGE)
