"""Pure rules of counting what is unread.

A count can be made from all events of a window, or go on from the last one: what came into the window is added, what
fell out of it is taken away again. Both come to the same.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from sottovoce.domains.changes.model import Unread
from sottovoce.domains.receipts.model import MAIN
from sottovoce.protocol.ids import UserId
from sottovoce.protocol.push_rules import Notice

from ..model import Floors, Judged


class Tally:
    """What is unread for one person in one room, by thread, in a window of judged events."""

    __slots__ = ("_counts", "_sent_at", "floors", "ignored", "user_id")

    def __init__(self, user_id: UserId, floors: Floors, ignored: AbstractSet[str] = frozenset()) -> None:
        self.user_id = user_id
        self.floors = floors
        self.ignored = ignored
        self._counts: dict[str, list[int]] = {}
        self._sent_at: dict[str, int] = {}

    def add(self, events: Iterable[Judged]) -> None:
        """These events, ascending and after all others, are in the window now.

        What a person sends marks what was before it in the same thread as read. Spec: client-server, Marking
        notifications as read.
        """
        self._count(events, 1)

    def remove(self, events: Iterable[Judged]) -> None:
        """These events, which were in the window, are no longer."""
        self._count(events, -1)

    def has_read(self, thread_id: str, position: int) -> bool:
        """Whether the person has read up to this position in this thread, or sent something there since."""
        read = max(self.floors.whole, self.floors.marks.threads.get(thread_id, 0))
        return position <= max(read, self._sent_at.get(thread_id, 0))

    def whole(self) -> Unread:
        """The counts of all threads together. Spec: client-server, Syncing, unread_notifications."""
        counts = self._counts.values()
        return Unread(sum(it[0] for it in counts), sum(it[1] for it in counts))

    def by_thread(self) -> tuple[Unread, dict[str, Unread]]:
        """The count of the main timeline, and of each thread that has any. Spec: ditto, unread_thread_notifications."""
        counts = {thread_id: Unread(*count) for thread_id, count in self._counts.items() if count[0]}
        return counts.pop(MAIN, Unread(0, 0)), counts

    def _count(self, events: Iterable[Judged], by: int) -> None:
        # Runs for every event of every room in a first sync: hence the names for what does not change.
        me, whole, read, sent_at = self.user_id, self.floors.whole, self.floors.marks.threads, self._sent_at
        ignored = self.ignored
        for judged in events:
            thread_id, position = judged.thread_id, judged.position
            if judged.sender == me:
                if judged.is_sent and by > 0:
                    sent_at[thread_id] = position
                    self._counts.pop(thread_id, None)
                continue
            notice = judged.by_user.get(me, judged.everyone) if judged.by_user else judged.everyone
            is_read = position <= whole or position <= read.get(thread_id, 0) or position <= sent_at.get(thread_id, 0)
            if notice and not is_read and judged.sender not in ignored:
                count = self._counts.setdefault(thread_id, [0, 0])
                count[0] += by
                count[1] += by if notice is Notice.HIGHLIGHT else 0


def counted_afresh(
    user_id: UserId, floors: Floors, window: Iterable[Judged], ignored: AbstractSet[str] = frozenset()
) -> Tally:
    """The tally of a whole window, ascending. ignored: whose events never notify."""
    tally = Tally(user_id, floors, ignored)
    tally.add(window)
    return tally
