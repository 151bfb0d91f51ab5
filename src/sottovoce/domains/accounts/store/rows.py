"""What all parts of the store share."""

from sottovoce.infra.db.model import Database


class Rows:
    """Rows of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
