"""The rows of relations."""

from collections.abc import Collection, Sequence

from sottovoce.infra.db.model import Batch, Database, Query, Statement
from sottovoce.protocol.ids import EventId, UserId

from ..model import Child, Page
from ..ports import StoredRelation

_ANY = ""

_WANTED = (
    " WHERE room_key = $1 AND parent IN {list:$2:bigint} AND ($3 = '' OR rel_type = $3) AND ($4 = '' OR type = $4)"
    " AND sender NOT IN {list:$5:text} AND child > $6 AND child <= $7"
)
_CHILDREN = Query(f"SELECT child FROM relations{_WANTED} ORDER BY child DESC LIMIT $8")
_CHILDREN_FORWARDS = Query(f"SELECT child FROM relations{_WANTED} ORDER BY child LIMIT $8")
_AGGREGATED = Query(
    "SELECT parent, rel_type, child, sender, sent_at_ms, total, is_mine FROM ("
    " SELECT parent, rel_type, child, sender, sent_at_ms,"
    " ROW_NUMBER() OVER (PARTITION BY parent, rel_type ORDER BY child DESC) AS place,"
    " COUNT(*) OVER (PARTITION BY parent, rel_type) AS total,"
    " MAX(CASE WHEN sender = $4 THEN 1 ELSE 0 END) OVER (PARTITION BY parent, rel_type) AS is_mine"
    " FROM relations WHERE room_key = $1 AND parent IN {list:$2:bigint} AND child <= $3"
    " AND rel_type IN ('m.replace', 'm.thread', 'm.reference') AND sender NOT IN {list:$5:text}"
    ") newest WHERE place <= $6 ORDER BY parent, child"
)
_THREADS = Query(
    "SELECT parent, MAX(child) FROM relations WHERE room_key = $1 AND rel_type = 'm.thread' AND child <= $2"
    " AND sender NOT IN {list:$3:text} GROUP BY parent HAVING MAX(child) <= $4 ORDER BY MAX(child) DESC LIMIT $5"
)
_OWN = Query(
    "SELECT child FROM relations WHERE room_key = $1 AND parent = $2 AND rel_type = $3 AND type = $4 AND sender = $5"
    " ORDER BY child DESC LIMIT $6"
)
_EVENT_IDS = Query("SELECT position, event_id FROM events WHERE position IN {list:$1:bigint}")

_ADD = Statement(
    "relations",
    "INSERT INTO relations (room_key, parent, rel_type, child, type, sender, sent_at_ms)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
)
_REMOVE = Statement(
    "relations", "DELETE FROM relations WHERE room_key = $1 AND parent = $2 AND rel_type = $3 AND child = $4"
)


class RelationRows:
    """Implements ports.RelationStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_children(
        self,
        room_key: int,
        parents: Sequence[int],
        page: Page,
        rel_type: str | None,
        event_type: str | None,
        ignored: Collection[UserId],
    ) -> list[int]:
        query = _CHILDREN if page.backwards else _CHILDREN_FORWARDS
        kinds = (rel_type or _ANY, event_type or _ANY)
        places = (page.after, page.until, page.limit)
        rows = await self._database.all(query, room_key, parents, *kinds, list(ignored), *places)
        return [row[0] for row in rows]

    async def list_aggregated(
        self, room_key: int, parents: Sequence[int], until: int, reader: UserId, ignored: Collection[UserId], most: int
    ) -> dict[int, list[Child]]:
        rows = await self._database.all(_AGGREGATED, room_key, parents, until, reader, list(ignored), most)
        found: dict[int, list[Child]] = {}
        for parent, rel_type, child, sender, sent_at_ms, total, is_mine in rows:
            found.setdefault(parent, []).append(Child(child, rel_type, sender, sent_at_ms, total, bool(is_mine)))
        return found

    async def list_threads(
        self, room_key: int, until: int, cursor: int, ignored: Collection[UserId], limit: int
    ) -> list[tuple[int, int]]:
        rows = await self._database.all(_THREADS, room_key, until, list(ignored), cursor, limit)
        return [(parent, latest) for parent, latest in rows]

    async def list_own(
        self, room_key: int, parent: int, rel_type: str, event_type: str, sender: UserId, limit: int
    ) -> list[int]:
        rows = await self._database.all(_OWN, room_key, parent, rel_type, event_type, sender, limit)
        return [row[0] for row in rows]

    async def find_event_ids(self, positions: Sequence[int]) -> dict[int, EventId]:
        return dict(await self._database.all(_EVENT_IDS, positions))

    def add(self, batch: Batch, relation: StoredRelation) -> None:
        batch.write(_ADD, *relation)

    def remove(self, batch: Batch, room_key: int, parent: int, rel_type: str, child: int) -> None:
        batch.write(_REMOVE, room_key, parent, rel_type, child)
