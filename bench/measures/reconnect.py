"""Coming back: one /sync after missing messages in many chats."""

import asyncio
import time

from bench.load.matrix import Client, decode_sync, sign_in
from bench.load.town import Pair, Site
from bench.scale import Scale

_SETTLE_S = 1.0


async def measure_plain(site: Site, scale: Scale) -> dict[str, float]:
    """Seconds and kB of body until the device has every missed message, without compression."""
    return await _measure(site, scale, "plain")


async def measure_compressed(site: Site, scale: Scale) -> dict[str, float]:
    """Seconds and kB of body, gzip accepted; a server may still answer uncompressed."""
    return await _measure(site, scale, "gzip")


async def _measure(site: Site, scale: Scale, form: str) -> dict[str, float]:
    device = Client(site.port, await sign_in(site.port, site.town.traveller.user_id))
    timeline = {"limit": scale.missed_per_chat}
    filter_id = await device.keep_filter({"room": {"timeline": timeline, "state": {"lazy_load_members": True}}})
    since = (await device.sync(filter_id=filter_id)).next_batch
    await _send_missed(site, scale)
    await asyncio.sleep(_SETTLE_S)
    began_s = time.perf_counter()
    answer = await device.raw_sync(since, filter_id=filter_id, gzip=form == "gzip")
    took_s = time.perf_counter() - began_s
    rooms = decode_sync(answer).rooms.join.values()
    got = sum(event.type == "m.room.message" for room in rooms for event in room.timeline.events)
    if got != scale.missed_chats * scale.missed_per_chat:
        raise AssertionError(f"{got} of the missed messages arrived")
    return {f"reconnect.{form}.s": took_s, f"reconnect.{form}.kb": len(answer.body) / 1000}


async def _send_missed(site: Site, scale: Scale) -> None:
    async def write(chat: Pair) -> None:
        client = Client(site.port, chat.first)
        for number in range(scale.missed_per_chat):
            await client.send(chat.room_id, f"Message {number}: are you back yet, and how was the journey?")
        client.close()

    await asyncio.gather(*(write(chat) for chat in site.town.traveller_chats))
