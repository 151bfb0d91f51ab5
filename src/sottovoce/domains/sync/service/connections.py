"""What the connections of sliding syncs have been told, in memory and bounded.

A connection knows two of its positions: the last the client has shown to have received, by asking on from it, and the
one sent after that, if any. A request that repeats the first gets again what was lost; one with any other position is
told to begin anew. Spec: MSC4186, Connections.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sottovoce.domains.changes.model import Positions, ToldRoom
from sottovoce.protocol.ids import DeviceId, RoomId, UserId

from ..model import UnknownPosition

MAX_CONNECTIONS_PER_DEVICE = 8
MAX_TOLD_ROOMS = 200_000
"""How many rooms all connections together remember; the connections longest unused are forgotten first."""


@dataclass(slots=True)
class Progress:
    """How far a connection was at one of its positions.

    scopes: by extension the rooms it was about, of which the client therefore knows everything; absent: not enabled.
    key_counts: what the last section about keys said.
    """

    serial: int = 0
    positions: Positions | None = None
    scopes: dict[str, frozenset[RoomId]] = field(default_factory=dict)
    key_counts: tuple[Mapping[str, int], Sequence[str]] | None = None


class Connection:
    """One loop of requests of a device."""

    __slots__ = ("_telling", "acknowledged", "is_open", "sent", "told", "turn")

    def __init__(self) -> None:
        self.acknowledged = Progress()
        self.sent = Progress()
        self.told: dict[RoomId, ToldRoom] = {}
        """What the client has shown to have received."""
        self.is_open = True
        """Whether it is still remembered."""
        self.turn = 0
        """How many requests there were; one that is overtaken by another changes nothing any more."""
        self._telling: dict[RoomId, ToldRoom] = {}

    @property
    def size(self) -> int:
        return len(self.told) + len(self._telling) + 1

    def go_on_from(self, serial: int) -> None:
        """The client has received the answer of this serial. Raises UnknownPosition."""
        if serial == self.sent.serial:
            self.told |= self._telling
            self._telling = {}
            self.acknowledged = self.sent
        elif serial != self.acknowledged.serial:
            raise UnknownPosition
        self.turn += 1

    def send(self, progress: Progress, telling: dict[RoomId, ToldRoom]) -> None:
        """This answer is on its way, whether or not it arrives."""
        self.sent = progress
        self._telling = telling


class Connections:
    """The connections of all devices."""

    def __init__(self) -> None:
        self._devices: OrderedDict[tuple[UserId, DeviceId], OrderedDict[str, Connection]] = OrderedDict()
        self._size = 0
        self._serial = 0

    @property
    def size(self) -> int:
        """How much is remembered: rooms of connections, and the connections themselves."""
        return self._size

    def begin(self, user_id: UserId, device_id: DeviceId, conn_id: str) -> Connection:
        """A new connection of this name, in place of any former one."""
        mine = self._devices.setdefault((user_id, device_id), OrderedDict())
        former = mine.pop(conn_id, None)
        if former is not None:
            self._close(former)
        while len(mine) >= MAX_CONNECTIONS_PER_DEVICE:
            self._close(mine.popitem(last=False)[1])
        connection = mine[conn_id] = Connection()
        self._size += connection.size
        self._devices.move_to_end((user_id, device_id))
        return connection

    def find(self, user_id: UserId, device_id: DeviceId, conn_id: str, serial: int) -> Connection:
        """The connection, going on from the answer of this serial. Raises UnknownPosition."""
        mine = self._devices.get((user_id, device_id))
        connection = None if mine is None else mine.get(conn_id)
        if mine is None or connection is None:
            raise UnknownPosition
        before = connection.size
        connection.go_on_from(serial)
        self._size += connection.size - before
        mine.move_to_end(conn_id)
        self._devices.move_to_end((user_id, device_id))
        return connection

    def send(self, connection: Connection, progress: Progress, telling: dict[RoomId, ToldRoom]) -> None:
        """The connection's next answer is this one; it has a serial that no other has."""
        self._serial += 1
        progress.serial = self._serial
        before = connection.size
        connection.send(progress, telling)
        self._size += connection.size - before
        while self._size > MAX_TOLD_ROOMS and len(self._devices) > 1:
            self._close_all(next(iter(self._devices)))

    def forget(self, user_id: UserId) -> None:
        """Nothing is remembered of the person's connections."""
        for device in [device for device in self._devices if device[0] == user_id]:
            self._close_all(device)

    def _close_all(self, device: tuple[UserId, DeviceId]) -> None:
        for connection in self._devices.pop(device).values():
            self._close(connection)

    def _close(self, connection: Connection) -> None:
        connection.is_open = False
        self._size -= connection.size
