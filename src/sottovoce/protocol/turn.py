"""Credentials for a TURN server, which relays calls between people who cannot reach each other directly.

The server and the TURN server share a secret; a name says until when it is good, its password proves that it comes
from here. Spec: client-server, Voice over IP; the TURN REST API, section 2.2.
"""

import base64
import hmac
from typing import NamedTuple


class TurnCredentials(NamedTuple):
    """A name and the password that goes with it."""

    username: str
    password: str


def turn_credentials(secret: str, user_id: str, expires_at_s: int) -> TurnCredentials:
    """What somebody signs in to the TURN server with, until so many seconds after 1970."""
    username = f"{expires_at_s}:{user_id}"
    mac = hmac.digest(secret.encode(), username.encode(), "sha1")
    return TurnCredentials(username, base64.b64encode(mac).decode())
