"""The key by which services of web push know this server, and what it signs. Spec: RFC 8292."""

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.ids import Ids
from sottovoce.protocol.unpadded_base64 import encode_base64_urlsafe

from ..ports import PusherStore

if TYPE_CHECKING:
    from py_vapid import Vapid02

SIGNED_FOR_S = 12 * 3600
SIGNED_AGAIN_BEFORE_S = 3600
ORIGINS_MAX = 100

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class Vapid:
    """Made when it is first needed, and then for good: clients' subscriptions are bound to it.

    subject: where whoever runs a push service finds whoever runs this server; an https or mailto address.
    """

    def __init__(self, store: PusherStore, database: Database, clock: Clock, ids: Ids, subject: str) -> None:
        self._store = store
        self._database = database
        self._clock = clock
        self._ids = ids
        self._subject = subject
        self._key: Vapid02 | None = None
        self._public = ""
        self._making = asyncio.Lock()
        self._signed: dict[str, tuple[str, int]] = {}

    async def public_key(self) -> str:
        """The public key as clients give it to their push service: an uncompressed point in URL-safe base64."""
        await self._own()
        return self._public

    async def authorization(self, url: str) -> str:
        """The header that shows the service at this address who is calling; the same for some hours."""
        key = await self._own()
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        now_s = self._clock.now_ms() // 1000
        signed, until_s = self._signed.get(origin, ("", 0))
        if until_s - SIGNED_AGAIN_BEFORE_S <= now_s:
            until_s = now_s + SIGNED_FOR_S
            signed = str(key.sign({"aud": origin, "exp": until_s, "sub": self._subject})["Authorization"])
            if len(self._signed) >= ORIGINS_MAX:
                self._signed.clear()
            self._signed[origin] = (signed, until_s)
        return signed

    async def _own(self) -> "Vapid02":
        if self._key is not None:
            return self._key
        async with self._making:
            if self._key is None:
                private_key = await self._store.find_vapid_key() or await self._made()
                self._key, self._public = _loaded(private_key)
        return self._key

    async def _made(self) -> bytes:
        number = int.from_bytes(self._ids.secret_bytes(40), "big") % (_ORDER - 1) + 1
        private_key = number.to_bytes(32, "big")
        batch = Batch()
        self._store.add_vapid_key(batch, private_key)
        await self._database.commit(batch)
        return private_key


def _loaded(private_key: bytes) -> tuple["Vapid02", str]:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat  # noqa: PLC0415 - rarely needed
    from py_vapid import Vapid02  # noqa: PLC0415 - as above

    key = Vapid02.from_raw(encode_base64_urlsafe(private_key).encode())
    key.conf = {"no-strict": True}  # it takes only some of the addresses that a server may have
    point = key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return key, encode_base64_urlsafe(point)
