"""Who is there.

Nothing is written down and no one has a timer: syncs leave a mark, and one sweep tells what became of the marks. What
changed between two sweeps is told together, so that a crowd arriving wakes everybody once a second and not once a head.
"""

from collections import OrderedDict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from sottovoce.domains.changes.service import Changes
from sottovoce.domains.rooms.model import InvalidParam
from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import DeviceId, UserId

from ..model import STATUS_MAX_BYTES, Attendance, NotYours, PresenceHidden, SeenDevice, Shown, State
from ..ports import SharedRooms, StatusStore
from ..rules import presence_event, present_until_s, state_at, state_named

LOOKED_THROUGH_EVERY_S = 5.0
"""How often everybody's marks are looked at for those who left or fell silent."""
AUDIENCE_MAX = 256
"""With more people concerned than this, everybody who waits is woken: cheaper than finding out who is concerned."""
EVENTS_KEPT_S = 1.0
"""How long an event made for one person is good for others, though the time in it goes by."""
CHANGES_KEPT_MAX = 20_000
"""How many people's last change is remembered; who has heard of nothing since before that hears of everybody."""


class Presence:
    """Who is there, told only to people who share a chat, and only when it changes.

    is_enabled: False makes everybody offline and tells nothing.
    """

    def __init__(
        self,
        rooms: SharedRooms,
        store: StatusStore,
        database: Database,
        changes: Changes,
        clock: Clock,
        *,
        is_enabled: bool = True,
    ) -> None:
        self.is_enabled = is_enabled
        self._shared = rooms
        self._store = store
        self._database = database
        self._changes = changes
        self._clock = clock
        self._people: dict[UserId, Attendance] = {}
        self._watching: set[UserId] = set()
        self._to_look_at: set[UserId] = set()
        self._to_tell_again: set[UserId] = set()
        self._changed: OrderedDict[UserId, int] = OrderedDict()
        self._floor = 0
        self._look_through_at_s = 0.0
        self._made: dict[UserId, bytes] = {}
        self._made_until_s = 0.0

    def seen(self, user_id: UserId, device_id: DeviceId, state: State, waiting_ms: int = 0) -> None:
        """The device counts as there, in this state, until OFFLINE_AFTER_S after it has waited for waiting_ms.

        To be called when a sync begins, before it is settled which changes it tells of, and again when it ends.
        Spec: client-server, Syncing, set_presence.
        """
        if not self.is_enabled:
            return
        person = self._people.get(user_id)
        if person is not None or state is not State.OFFLINE:
            self._note(person or self._people.setdefault(user_id, Attendance(user_id)), device_id, state, waiting_ms)
        if user_id not in self._watching:
            # What changed while nobody of theirs watched was not addressed to them: this makes them look.
            self._watching.add(user_id)
            self._changes.publish_live("presence", None, frozenset({user_id}))

    def _note(self, person: Attendance, device_id: DeviceId, state: State, waiting_ms: int) -> None:
        now_s = self._clock.monotonic_s()
        before = person.devices.get(device_id)
        person.devices[device_id] = SeenDevice(state, present_until_s(now_s, waiting_ms))
        if state is State.ONLINE and (before is None or before.state is not State.ONLINE):
            person.active_at_s = now_s
        if state_at(person, now_s) is not person.shown:
            self._to_look_at.add(person.user_id)

    def active(self, user_id: UserId) -> None:
        """The person, if there, did something just now. Spec: client-server, Last active ago."""
        person = self._people.get(user_id)
        if person is not None and person.devices:
            person.active_at_s = self._clock.monotonic_s()
            if person.shown is not State.ONLINE:
                self._to_look_at.add(user_id)

    def introduce(self, user_id: UserId) -> None:
        """Everybody who shares a chat with the person will hear of them again: some of them are new to each other."""
        person = self._people.get(user_id)
        if person is not None and person.shown is not State.OFFLINE:
            self._to_tell_again.add(user_id)

    async def set(
        self, caller: UserId, device_id: DeviceId, user_id: UserId, word: str, status_msg: str | None
    ) -> None:
        """The person is in this state on this device and says this, or nothing (None), of themselves.

        Raises NotYours, InvalidParam (no such state, text too long or with NUL), WriteFailed.
        Spec: client-server, PUT /presence/{userId}/status.
        """
        if caller != user_id:
            raise NotYours
        state = state_named(word)
        if state is None:
            raise InvalidParam("presence must be online, unavailable or offline")
        if status_msg is not None and (len(status_msg.encode()) > STATUS_MAX_BYTES or "\0" in status_msg):
            raise InvalidParam(f"status_msg must be at most {STATUS_MAX_BYTES} bytes, none of them NUL")
        if not self.is_enabled:
            return
        if (await self._store.find_statuses([user_id])).get(user_id) != status_msg:
            batch = Batch()
            self._store.set_status(batch, user_id, status_msg)
            await self._database.commit(batch)
            self._to_tell_again.add(user_id)
        self.seen(user_id, device_id, state)
        if state is State.ONLINE:  # what else somebody says of themselves is no sign of activity
            self.active(user_id)

    async def get(self, reader: UserId, user_id: UserId) -> Shown:
        """What the person is now. Raises PresenceHidden. Spec: client-server, GET /presence/{userId}/status."""
        if not await self.is_shown_to(reader, user_id):
            raise PresenceHidden
        return (await self.show([user_id]))[0]

    async def is_shown_to(self, reader: UserId, user_id: UserId) -> bool:
        """Whether the two share a chat, or are one. Spec: client-server, Presence."""
        if reader == user_id:
            return True
        mine, theirs = await self._shared.rooms_of(reader), await self._shared.rooms_of(user_id)
        return not mine.isdisjoint(theirs)

    async def show(self, user_ids: Iterable[UserId]) -> list[Shown]:
        """What each of these people is now, and says of themselves, in the order given."""
        asked = list(user_ids)
        if not self.is_enabled:
            return [Shown(user_id, State.OFFLINE, None, None) for user_id in asked]
        statuses = await self._store.find_statuses(asked)
        return [self._shown(user_id, statuses.get(user_id)) for user_id in asked]

    async def events(self, user_ids: Iterable[UserId]) -> list[bytes]:
        """The `m.presence` events of these people, in the order given.

        They are made once for all who ask within a moment: when a crowd arrives, everybody hears of everybody.
        """
        asked = list(user_ids)
        now_s = self._clock.monotonic_s()
        if now_s >= self._made_until_s:
            self._made.clear()
            self._made_until_s = now_s + EVENTS_KEPT_S
        made = {user_id: self._made[user_id] for user_id in asked if user_id in self._made}
        missing = [user_id for user_id in asked if user_id not in made]
        if missing:
            new = {shown.user_id: presence_event(shown) for shown in await self.show(missing)}
            self._made |= new
            made |= new
        return [made[user_id] for user_id in asked]

    def present(self, user_ids: AbstractSet[UserId]) -> list[UserId]:
        """Those of these people who are not shown as offline."""
        people = self._people
        fewer, more = sorted((user_ids, people.keys()), key=len)
        return [user_id for user_id in fewer if user_id in more and people[user_id].shown is not State.OFFLINE]

    def changed_after(self, live_position: int) -> list[UserId] | None:
        """Whoever was told of after this position, the last first; None: that is not remembered."""
        if live_position < self._floor:
            return None
        changed = []
        for user_id, position in reversed(self._changed.items()):
            if position <= live_position:
                break
            changed.append(user_id)
        return changed

    async def sweep(self) -> None:
        """Everybody who became something else since the last sweep is shown as what they are."""
        now_s = self._clock.monotonic_s()
        if now_s >= self._look_through_at_s:
            self._look_through_at_s = now_s + LOOKED_THROUGH_EVERY_S
            self._look_through(now_s)
        looked_at, self._to_look_at = self._to_look_at | self._to_tell_again, set()
        told_again, self._to_tell_again = self._to_tell_again, set()
        people = [self._people[user_id] for user_id in looked_at if user_id in self._people]
        changed = [it for it in people if it.user_id in told_again or state_at(it, now_s) is not it.shown]
        if changed:
            audience = await self._audience(changed, told_again)
            self._publish(changed, audience)

    def _publish(self, changed: list[Attendance], audience: AbstractSet[UserId]) -> None:
        position = self._changes.publish_live("presence", None, audience)
        now_s = self._clock.monotonic_s()
        for person in changed:
            person.shown, person.changed_at = state_at(person, now_s), position
            self._changed[person.user_id] = position
            self._changed.move_to_end(person.user_id)
            self._made.pop(person.user_id, None)
        while len(self._changed) > CHANGES_KEPT_MAX:
            user_id, self._floor = self._changed.popitem(last=False)
            if not self._people[user_id].devices:
                del self._people[user_id]

    async def _audience(self, changed: list[Attendance], told_again: AbstractSet[UserId]) -> AbstractSet[UserId]:
        # Nobody is woken to hear that they are there; what they say of themselves their other devices want to know.
        audience = {person.user_id for person in changed if person.user_id in told_again}
        for person in changed:
            audience |= await self._shared.contacts_of(person.user_id) & self._watching
            if len(audience) > AUDIENCE_MAX:
                return self._watching
        return audience

    def _look_through(self, now_s: float) -> None:
        for person in list(self._people.values()):
            gone = [device for device, seen in person.devices.items() if seen.until_s <= now_s]
            for device in gone:
                del person.devices[device]
            if not person.devices:
                self._watching.discard(person.user_id)
            if state_at(person, now_s) is not person.shown:
                self._to_look_at.add(person.user_id)
            elif not person.devices and person.user_id not in self._changed:
                del self._people[person.user_id]

    def _shown(self, user_id: UserId, status_msg: str | None) -> Shown:
        person = self._people.get(user_id)
        if person is None:
            return Shown(user_id, State.OFFLINE, None, status_msg)
        now_s = self._clock.monotonic_s()
        ago_ms = None if person.active_at_s is None else int((now_s - person.active_at_s) * 1000)
        return Shown(user_id, state_at(person, now_s), ago_ms, status_msg)
