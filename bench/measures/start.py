"""Starting: seconds from exec to the first answer, and memory at rest, on an empty server."""

import time

from bench.machine import proportional_kb, resident_kb
from bench.servers.base import Server
from bench.servers.prepared import fresh_folder

_SETTLE_S = 3.0


def measure(kind: type[Server], *, with_postgresql: bool) -> dict[str, float]:
    """The very first start makes the schema; the second is the cold start."""
    with fresh_folder() as folder:
        server = kind(folder, with_postgresql=with_postgresql)
        try:
            found = {"start.first_s": server.start()}
            server.stop()
            found["start.cold_s"] = server.start()
            time.sleep(_SETTLE_S)
            found["start.rss_mb"] = resident_kb(server.pid()) / 1024
            if server.cluster is not None:
                found["start.database_mb"] = proportional_kb(server.cluster.pid()) / 1024
        finally:
            server.stop()
    return found
