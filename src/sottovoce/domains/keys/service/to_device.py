"""Messages from device to device.

They wait in the store until the device says that it has them, by syncing from a token beyond them. A device that never
comes has a queue with a bound: of what finds no room the oldest goes, for keys to what is written now matter more than
keys to what was written long ago.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.clock import Clock
from sottovoce.infra.db.model import Batch, Database
from sottovoce.infra.tasks import Tasks
from sottovoce.protocol.ids import DeviceId, UserId, is_user_id

from ..model import MAX_MESSAGES_AT_ONCE, Target, ToDeviceMessage, TooLargeForDevices, Transaction
from ..ports import Devices, ToDeviceStore
from ..rules import Contents, check_transaction, first_to_go, messages_to

MESSAGES_PER_ANSWER = 100
QUEUE_MAX_MESSAGES = 20_000
QUEUE_MAX_BYTES = 64 * 1024 * 1024
LOOKED_AT_EVERY_MESSAGES = 1000
LOOKED_AT_EVERY_BYTES = 8 * 1024 * 1024
"""How much may come for a device before its queue is measured again; by so much it may be longer than its bound."""
DEVICES_REMEMBERED = 50_000
REMEMBERED_TRANSACTIONS = 2_000
TRANSACTIONS_KEPT_MS = 24 * 3_600_000
TRANSACTIONS_SWEPT_EVERY_S = 3600.0


class ToDevice:
    """Sends messages to devices and keeps them until they have arrived."""

    def __init__(
        self, devices: Devices, store: ToDeviceStore, database: Database, changes: Changes, clock: Clock, tasks: Tasks
    ) -> None:
        self._devices = devices
        self._store = store
        self._database = database
        self._changes = changes
        self._clock = clock
        self._tasks = tasks
        self._sent: OrderedDict[Transaction, asyncio.Future[None]] = OrderedDict()
        self._given: OrderedDict[Target, int] = OrderedDict()
        """Up to where a device was given messages, while it has not said that it has them."""
        self._arrived: dict[Target, int] = {}
        """Up to where messages are on their way out of the store."""
        self._came: OrderedDict[Target, tuple[int, int]] = OrderedDict()
        """How many messages and bytes came for a device since its queue was measured."""
        self._times_forgotten = 0

    async def send(self, transaction: Transaction, contents: Contents) -> None:
        """The messages wait for those of the devices that exist, durably, and the devices are told.

        Repeated, a transaction sends nothing. Raises InvalidKeys, TooLargeForDevices.
        Spec: client-server, PUT /sendToDevice.
        """
        check_transaction(transaction)
        if transaction not in self._sent:
            if await self._store.has_transaction(transaction):
                return
            events = await self._addressed(transaction, contents)
            if transaction not in self._sent:  # else it came twice at once
                self._submit(transaction, events)
        await asyncio.shield(self._sent[transaction])

    async def waiting(
        self, device: Target, after: int, until: int, limit: int = MESSAGES_PER_ANSWER
    ) -> tuple[Sequence[ToDeviceMessage], bool]:
        """The oldest messages to the device in (after, until], at most `limit`, and whether these are all.

        What is not after `after` has arrived: it is removed.
        """
        after = max(after, self._arrived.get(device, 0))
        messages = await self._store.messages_between(device, 0, until, limit + 1)
        if messages and messages[0].position <= after:
            self._remove(device, after)
            messages = await self._store.messages_between(device, after, until, limit + 1)
        given = messages[:limit]
        if given:
            self._given[device] = given[-1].position
            self._given.move_to_end(device)
            if len(self._given) > DEVICES_REMEMBERED:
                self._given.popitem(last=False)
        return given, len(given) == len(messages)

    async def targets(self) -> list[Target]:
        """Every device that messages wait for."""
        return await self._store.list_targets()

    def arrived(self, device: Target, until: int) -> None:
        """The device has what was sent to it up to this position: it is removed by the next batch to be committed."""
        self._remove(device, until)

    async def peek(self, device: Target, after: int, until: int) -> Sequence[ToDeviceMessage]:
        """The oldest messages to the device in (after, until], at most MESSAGES_PER_ANSWER, which go on waiting."""
        return await self._store.messages_between(device, after, until, MESSAGES_PER_ANSWER)

    def acknowledge(self, user_id: UserId, device_id: DeviceId, until: int) -> None:
        """The device has what it was given up to this position; it will soon be removed. Costs nothing otherwise."""
        device = Target(user_id, device_id)
        given = self._given.get(device)
        if given is not None and given <= until:
            del self._given[device]
            self._came.pop(device, None)
            self._remove(device, until)

    def forget(self, batch: Batch, device: Target) -> None:
        """With the batch, which is being submitted, nothing waits for the device any more."""
        self._store.remove_to_device(batch, device)
        self._given.pop(device, None)
        self._came.pop(device, None)
        self._times_forgotten += 1

    async def sweep_for_ever(self) -> None:
        """Transactions that nobody will repeat any more are forgotten from time to time."""
        while True:
            batch = Batch()
            self._store.remove_transactions(batch, self._clock.now_ms() - TRANSACTIONS_KEPT_MS)
            await self._database.commit(batch)
            await asyncio.sleep(TRANSACTIONS_SWEPT_EVERY_S)

    async def _addressed(self, transaction: Transaction, contents: Contents) -> list[tuple[Target, bytes]]:
        if len(contents) > MAX_MESSAGES_AT_ONCE:
            raise TooLargeForDevices(f"A request may send to at most {MAX_MESSAGES_AT_ONCE} people")
        people = [UserId(user_id) for user_id in contents if is_user_id(user_id)]
        while True:
            times_forgotten = self._times_forgotten
            found = await self._devices.devices_of(people)
            if times_forgotten == self._times_forgotten:  # else a device may have gone meanwhile: look again
                break
        devices = {user_id: [device.device_id for device in each] for user_id, each in found.items()}
        return messages_to(devices, contents, transaction.message_type, transaction.sender)

    def _submit(self, transaction: Transaction, events: Sequence[tuple[Target, bytes]]) -> None:
        position = self._changes.next_position()
        batch = Batch()
        for device, event in events:
            self._store.add_message(batch, device, position, event)
        self._store.add_transaction(batch, transaction, self._clock.now_ms())
        batch.announce(Change("to_device", position, None, frozenset(device.user_id for device, _ in events)))
        sent = self._database.submit(batch)
        self._sent[transaction] = sent
        sent.add_done_callback(lambda done: self._forget_if_failed(transaction, done))
        if len(self._sent) > REMEMBERED_TRANSACTIONS:
            self._sent.popitem(last=False)
        for device, event in events:
            self._count(device, len(event), sent)

    def _forget_if_failed(self, transaction: Transaction, done: asyncio.Future[None]) -> None:
        if done.cancelled() or done.exception() is not None:
            self._sent.pop(transaction, None)

    def _remove(self, device: Target, until: int) -> None:
        batch = Batch()
        self._store.remove_messages(batch, device, until)
        self._arrived[device] = max(until, self._arrived.get(device, 0))
        # Nobody waits for it, and if it fails the next look at the queue removes them.
        self._database.submit(batch).add_done_callback(lambda done: self._removed(device, until, done))

    def _removed(self, device: Target, until: int, done: asyncio.Future[None]) -> None:
        if self._arrived.get(device) == until:
            del self._arrived[device]
        if not done.cancelled():
            done.exception()  # seen, so that nobody is told of it at the end

    def _count(self, device: Target, size_bytes: int, sent: asyncio.Future[None]) -> None:
        messages, size = self._came.pop(device, (0, 0))
        messages, size = messages + 1, size + size_bytes
        if messages >= LOOKED_AT_EVERY_MESSAGES or size >= LOOKED_AT_EVERY_BYTES:
            self._tasks.start("keys.shorten_queue", self._shorten(device, sent))
            return
        self._came[device] = messages, size
        if len(self._came) > DEVICES_REMEMBERED:
            self._came.popitem(last=False)

    async def _shorten(self, device: Target, sent: asyncio.Future[None]) -> None:
        await asyncio.wait({sent})
        sizes = await self._store.list_sizes(device, QUEUE_MAX_MESSAGES + LOOKED_AT_EVERY_MESSAGES)
        until = first_to_go(sizes, QUEUE_MAX_MESSAGES, QUEUE_MAX_BYTES)
        if until is not None:
            self._remove(device, until)
