"""The lists of what guests, locked and suspended people may call name routes that there are."""

from sottovoce.http import standing
from tests.helpers.server import RunningServer

LISTS = (
    standing.LOCKED_MAY,
    standing.GUESTS_MAY,
    standing.GUESTS_MAY_OF_THEIR_NAME,
    standing.SUSPENDED_MAY_NOT,
)
OF_MEDIA = "/media/"


async def test_every_name_is_a_routes(homeserver: RunningServer) -> None:
    routes = homeserver.app.every_route()
    names = {standing.name_of(route) for route in routes}
    has_media = any(OF_MEDIA in name for name in names)
    listed = {name for names in LISTS for name in names if has_media or OF_MEDIA not in name}
    assert listed - names == set()
    in_rooms = {name.partition("/rooms/{}/")[2] for name in names}
    assert in_rooms >= standing.SUSPENDED_MAY_IN_ROOMS
