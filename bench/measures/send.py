"""Messages sent per second: many people at once, each in a chat of two, then all in one chat."""

from bench.load.matrix import Client
from bench.load.town import Site
from bench.measures.pump import Lane, pump
from bench.scale import Scale


async def measure(site: Site, scale: Scale) -> dict[str, float]:
    """Messages accepted per second, and the server's processor time for each."""
    clients = [Client(site.port, pair.first) for pair in site.town.pairs]
    own_rooms = [Lane(client, pair.room_id) for client, pair in zip(clients, site.town.pairs, strict=True)]
    apart = await pump(site, own_rooms, scale)
    together = await pump(site, [Lane(client, site.town.crowd_room_id) for client in clients], scale)
    return apart.figures("send.rooms") | together.figures("send.one_room")
