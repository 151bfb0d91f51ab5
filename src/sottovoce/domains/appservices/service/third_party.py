"""What the networks of app services have: protocols, places and people. Spec: client-server, Third-party Networks."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec
import structlog

from ..model import AppService, CallFailed, HasNoUrl, NothingFound, QuestionTooLong
from ..ports import Gateway
from ..rules import Location, NetworkUser, Protocol, merged, with_instance_ids
from .registry import Registry

ANSWER_WITHIN_S = 10.0
QUESTION_MAX_LENGTH = 2_000

_log = structlog.get_logger()

T = TypeVar("T")


class ThirdParty:
    """Asks the app services and puts their answers together; those that give none are left out."""

    def __init__(self, registry: Registry, gateway: Gateway) -> None:
        self._registry = registry
        self._gateway = gateway

    async def protocols(self) -> dict[str, Protocol]:
        """Every protocol of every app service. Spec: GET /thirdparty/protocols."""
        names = dict.fromkeys(name for service in self._registry.all() for name in service.protocols)
        found = await asyncio.gather(*(self._find(name) for name in names))
        return {name: protocol for name, protocol in zip(names, found, strict=True) if protocol is not None}

    async def protocol(self, name: str) -> Protocol:
        """One protocol, with the instances of all app services that have it. Raises NothingFound."""
        protocol = await self._find(name)
        if protocol is None:
            raise NothingFound("There is no such network here")
        return protocol

    async def locations(self, protocol: str | None, fields: Mapping[str, str]) -> list[Location]:
        """The places that fit, of one protocol or of all. Raises NothingFound, QuestionTooLong."""
        return await self._search("location", protocol, fields, list[Location])

    async def users(self, protocol: str | None, fields: Mapping[str, str]) -> list[NetworkUser]:
        """The people that fit, of one protocol or of all. Raises NothingFound, QuestionTooLong."""
        return await self._search("user", protocol, fields, list[NetworkUser])

    async def _find(self, name: str) -> Protocol | None:
        services = self._having(name)
        answers = await asyncio.gather(
            *(self._asked(service, ("protocol", name), {}, Protocol) for service in services)
        )
        pairs = zip(services, answers, strict=True)
        return merged([with_instance_ids(answer, service.id) for service, answer in pairs if answer is not None])

    async def _search(
        self, kind: str, protocol: str | None, fields: Mapping[str, str], answer: type[list[T]]
    ) -> list[T]:
        if sum(len(name) + len(value) for name, value in fields.items()) > QUESTION_MAX_LENGTH:
            raise QuestionTooLong(f"A question has at most {QUESTION_MAX_LENGTH} characters")
        path = (kind,) if protocol is None else (kind, protocol)
        services = [service for service in self._registry.all() if service.protocols]
        services = services if protocol is None else self._having(protocol)
        answers = await asyncio.gather(*(self._asked(service, path, fields, answer) for service in services))
        found = [each for one in answers for each in one or ()]
        if not found:
            raise NothingFound("Nothing of the kind was found")
        return found

    def _having(self, protocol: str) -> list[AppService]:
        return [service for service in self._registry.all() if protocol in service.protocols]

    async def _asked(
        self, service: AppService, path: Sequence[str], query: Mapping[str, str], answer: type[T]
    ) -> T | None:
        try:
            reply = await self._gateway.call(
                service, "GET", ("thirdparty", *path), query, None, within_s=ANSWER_WITHIN_S
            )
            return msgspec.json.decode(reply.body, type=answer) if reply.is_success else None
        except (CallFailed, HasNoUrl):
            return None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            _log.warning("appservices.answer_unreadable", app_service=service.id)
            return None
