"""An administrator beside the people."""

import pytest

from tests.helpers.people import Person
from tests.helpers.server import RunningServer

ADMIN = "/_sottovoce/admin/v1"


@pytest.fixture
async def anna(homeserver: RunningServer) -> Person:
    """Somebody who administers the server."""
    return await homeserver.person("anna", is_admin=True)
