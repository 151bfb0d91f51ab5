"""Base64 without the trailing `=`: how Matrix writes binary values as text."""

import binascii

from sottovoce.protocol.errors import Malformed


def encode_base64(data: bytes) -> str:
    """Write bytes in the standard alphabet, unpadded. Spec: appendices, Unpadded Base64."""
    return binascii.b2a_base64(data, newline=False).rstrip(b"=").decode("ascii")


def encode_base64_urlsafe(data: bytes) -> str:
    """Write bytes in the alphabet that is safe in URLs, unpadded. Spec: appendices, URL-safe unpadded Base64."""
    return encode_base64(data).replace("+", "-").replace("/", "_")


def decode_base64(text: str) -> bytes:
    """Read either alphabet, padded or not. Raises Malformed. Spec: appendices, Unpadded Base64."""
    standard = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return binascii.a2b_base64(standard + "=" * (-len(standard) % 4), strict_mode=True)
    except ValueError as cause:
        raise Malformed(f"not base64: {cause}") from cause
