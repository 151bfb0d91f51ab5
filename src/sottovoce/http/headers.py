"""Header tuples that never change, made once."""

JSON = (b"content-type", b"application/json")

# What a browser needs on every answer of the API; the rest of CORS matters to the preflight alone.
API = (
    JSON,
    (b"access-control-allow-origin", b"*"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)

PREFLIGHT = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"X-Requested-With, Content-Type, Authorization"),
    (b"access-control-max-age", b"86400"),
)

_LENGTHS = tuple((b"content-length", str(size).encode()) for size in range(4096))


def content_length(size_bytes: int) -> tuple[bytes, bytes]:
    """The Content-Length header of this size."""
    if size_bytes < 4096:
        return _LENGTHS[size_bytes]
    return (b"content-length", str(size_bytes).encode())
