"""First sync of a new device: time and bytes, for accounts in few, some and many chats."""

import time

from bench.load.matrix import Client, decode_sync, sign_in
from bench.load.town import Site
from bench.scale import Scale


async def measure_plain(site: Site, scale: Scale) -> dict[str, float]:
    """Seconds and kB of body, without compression."""
    return await _measure(site, scale, "plain")


async def measure_compressed(site: Site, scale: Scale) -> dict[str, float]:
    """Seconds and kB of body, gzip accepted; a server may still answer uncompressed."""
    return await _measure(site, scale, "gzip")


async def _measure(site: Site, scale: Scale, form: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for size, account, chats in zip(("small", "medium", "large"), site.town.newcomers, scale.chats, strict=True):
        client = Client(site.port, await sign_in(site.port, account.user_id))
        began_s = time.perf_counter()
        answer = await client.raw_sync(gzip=form == "gzip")
        found[f"first_sync.{size}.{form}.s"] = time.perf_counter() - began_s
        found[f"first_sync.{size}.{form}.kb"] = len(answer.body) / 1000
        client.close()
        rooms = decode_sync(answer).rooms.join
        if len(rooms) != chats or not all(room.timeline.events for room in rooms.values()):
            raise AssertionError(f"first sync of {chats} chats told of {len(rooms)}")
    return found
