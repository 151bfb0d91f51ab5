"""What one message costs as a group grows; nobody in it is connected but the senders."""

from bench.load.matrix import Client
from bench.load.town import Site
from bench.measures.pump import Lane, pump
from bench.scale import Scale

_SENDERS = 8


async def measure(site: Site, scale: Scale) -> dict[str, float]:
    """Processor milliseconds per message and messages per second in the small, the medium and the large group."""
    clients = [Client(site.port, member) for member in site.town.members[:_SENDERS]]
    found: dict[str, float] = {}
    for size, group in zip(("small", "medium", "large"), site.town.groups, strict=True):
        pumped = await pump(site, [Lane(client, group.room_id) for client in clients], scale)
        found |= pumped.figures(f"growth.{size}")
    found["growth.ratio"] = found["growth.large.cpu_ms"] / found["growth.small.cpu_ms"]
    return found
