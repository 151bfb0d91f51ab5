"""How the writes of a group are put together before an engine runs them."""

from collections.abc import Iterable

from sottovoce.infra.db.model import Batch, Param, Statement

Run = tuple[Statement, list[tuple[Param, ...]]]
"""One statement and the parameters of each time it is to be executed, in order."""


def runs_by_table(batches: Iterable[Batch]) -> list[Run]:
    """All writes, table by table, their order kept within a table, as few runs as that allows."""
    tables: dict[str, list[Run]] = {}
    for batch in batches:
        for statement, params in batch.writes:
            runs = tables.setdefault(statement.table, [])
            if runs and runs[-1][0] is statement:
                runs[-1][1].append(params)
            else:
                runs.append((statement, [params]))
    return [run for runs in tables.values() for run in runs]
