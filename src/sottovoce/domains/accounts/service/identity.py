"""The server's own name and keys."""

from collections.abc import Callable

from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.ids import Ids
from sottovoce.protocol.ids import ServerName

from ..model import NotSetUp, ServerIdentity, ServerNameFixed
from ..ports import ServerStore
from ..rules import check_server_name

KEY_BYTES = 32
KEY_ID_LETTERS = 6


class Identity:
    """Who this server is. Known in memory from `start` on."""

    def __init__(self, database: Database, store: ServerStore, clock: Clock, ids: Ids) -> None:
        self._database = database
        self._store = store
        self._clock = clock
        self._ids = ids
        self._current: ServerIdentity | None = None
        self.on_established: Callable[[], None] = lambda: None
        """Called once, right after the server got its name."""

    async def start(self) -> None:
        """What the store knows of the server is known here."""
        self._current = await self._store.find_identity()

    @property
    def is_established(self) -> bool:
        return self._current is not None

    @property
    def current(self) -> ServerIdentity:
        """Raises NotSetUp."""
        if self._current is None:
            raise NotSetUp("This server is not set up yet")
        return self._current

    @property
    def name(self) -> ServerName:
        """Raises NotSetUp."""
        return self.current.name

    async def establish(self, name: str) -> ServerIdentity:
        """The server is called so for good and has its keys. Nothing changes if it was called so already.

        Raises BadServerName, ServerNameFixed.
        """
        checked = check_server_name(name)
        if self._current is None:
            await self._create(checked)
        if self.name != checked:
            raise ServerNameFixed(self.name, name)
        return self.current

    async def _create(self, name: ServerName) -> None:
        identity = ServerIdentity(
            name,
            f"ed25519:{self._ids.letters(KEY_ID_LETTERS)}",
            self._ids.secret_bytes(KEY_BYTES),
            self._ids.secret_bytes(KEY_BYTES),
            self._clock.now_ms(),
        )
        batch = Batch()
        self._store.add_identity(batch, identity)
        await self._database.commit(batch)
        self._current = identity
        self.on_established()
