"""Administration, put together: what whoever runs the server can do, over HTTP and from the command line."""

from pathlib import Path

from sottovoce.app.foundation import Foundation
from sottovoce.app.rooms import RoomsPart, server_user
from sottovoce.domains.administration.service import Notices, StorageMeter
from sottovoce.domains.administration.store import NoticeRows
from sottovoce.domains.reports.service import Reports
from sottovoce.domains.rooms.service import Catalogue
from sottovoce.domains.rooms.store import CatalogueRows
from sottovoce.http.routing import Route
from sottovoce.http.sottovoce import admin
from sottovoce.http.sottovoce.admin import notices, people, reports, rooms, tokens

NOTICES_TITLE = "Sottovoce"


class AdministrationPart:
    """What is asked by administrators alone."""

    def __init__(self, base: Foundation, rooms_part: RoomsPart, made_reports: Reports) -> None:
        self._rooms_part, all_rooms = rooms_part, rooms_part.rooms
        self._reports = made_reports
        self._accounts = base.accounts
        accounts, database = base.accounts, base.database
        self.catalogue = Catalogue(all_rooms.memory, CatalogueRows(database))
        self.notices = Notices(
            server_user(accounts.identity.name),
            all_rooms,
            accounts.roster,
            accounts.users,
            accounts.account_data,
            NoticeRows(database),
            database,
            NOTICES_TITLE,
        )
        self.storage = StorageMeter(database, accounts.roster, self.catalogue, Path(base.settings.data))

    def operations(self) -> list[admin.Operation]:
        """What the administration API can do."""
        return [
            *people.operations(self._accounts, self.catalogue),
            *rooms.operations(self.catalogue, self._rooms_part.erasing, self._rooms_part.ageing),
            *notices.operations(self.notices, self.storage, self._accounts.roster),
            *reports.operations(self._reports),
            *tokens.operations(self._accounts.registration_tokens),
        ]

    def routes(self) -> list[Route]:
        """The routes of administration."""
        return admin.routes(self.operations())
