"""Credentials for a TURN server."""

import base64
import hashlib
import hmac

from sottovoce.protocol.turn import turn_credentials


def test_the_name_says_until_when_and_the_password_proves_it() -> None:
    username, password = turn_credentials("secret", "@alice:test", 1_700_000_000)
    assert username == "1700000000:@alice:test"
    assert base64.b64decode(password) == hmac.new(b"secret", username.encode(), hashlib.sha1).digest()


def test_another_secret_makes_another_password() -> None:
    assert turn_credentials("a", "@alice:test", 1) != turn_credentials("b", "@alice:test", 1)
