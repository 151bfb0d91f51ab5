"""User-interactive authentication: requests that have to prove more, stage by stage, before they are done.

Spec: client-server, User-Interactive Authentication API.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal, TypeVar

from sottovoce.infra.clock import Clock
from sottovoce.infra.ids import Ids

from ..model import InteractionNeeded

SESSION_LIFETIME_MS = 900_000
MAX_SESSIONS = 5_000
SESSION_BYTES = 18

T = TypeVar("T")
Auth = Mapping[str, object]
Stage = Callable[[Auth], Awaitable[str]]
"""Judges what a client sent for it: what to remember of it, or raises StageFailed."""

Params = Mapping[str, object]
NO_PARAMS: Params = {}

Passed = Mapping[str, str]
"""The stages passed, with what is remembered of each."""


class StageFailed(Exception):
    """A stage of interactive authentication was not passed; it may be tried again."""

    def __init__(
        self, errcode: Literal["M_FORBIDDEN", "M_UNRECOGNIZED", "M_UNAUTHORIZED", "M_THREEPID_AUTH_FAILED"], why: str
    ) -> None:
        super().__init__(why)
        self.errcode = errcode
        self.why = why


class InteractiveSession:
    """How far one request has come. operation: what it is about, so that the proof serves nothing else."""

    __slots__ = ("expires_at_ms", "flows", "id", "operation", "params", "passed", "stages")

    def __init__(self, session_id: str, operation: str, expires_at_ms: int) -> None:
        self.id = session_id
        self.operation = operation
        self.expires_at_ms = expires_at_ms
        self.passed: dict[str, str] = {}
        self.flows: Sequence[Sequence[str]] = ()
        self.stages: Mapping[str, Stage] = {}
        self.params: Params = NO_PARAMS


class Interactive:
    """The sessions of requests that are being proved. They live in memory and not for long."""

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids
        self._sessions: dict[str, InteractiveSession] = {}

    async def perform(
        self,
        operation: str,
        auth: Auth | None,
        flows: Sequence[Sequence[str]],
        stages: Mapping[str, Stage],
        action: Callable[[Passed], Awaitable[T]],
        params: Params = NO_PARAMS,
    ) -> T:
        """The action is done, because all stages of one flow are passed.

        operation: names the request and whatever it is about. auth: what the client sent, None on a first request.
        params: what clients are told of stages.
        Raises InteractionNeeded, or what the action raises; then the session stays good for another try.
        """
        session = self._session(operation, auth)
        session.flows, session.stages, session.params = flows, stages, params
        if auth is not None:
            await self._advance(session, auth)
        if auth is None or not _is_complete(session, flows):
            raise InteractionNeeded(_told(session))
        done = await action(session.passed)
        self._sessions.pop(session.id, None)
        return done

    def find(self, session_id: str) -> InteractiveSession | None:
        """The session, if it is still good; for the pages that pass stages in a browser."""
        session = self._sessions.get(session_id)
        return None if session is None or session.expires_at_ms <= self._clock.now_ms() else session

    async def submit(self, session: InteractiveSession, auth: Auth) -> None:
        """The stage is passed. Raises InteractionNeeded, with an error. Spec: client-server, Fallback."""
        await self._advance(session, auth)

    def _session(self, operation: str, auth: Auth | None) -> InteractiveSession:
        now_ms = self._clock.now_ms()
        session_id = None if auth is None else auth.get("session")
        session = self._sessions.get(session_id) if isinstance(session_id, str) else None
        if session is not None and session.operation == operation and session.expires_at_ms > now_ms:
            return session
        # Of an unknown session nothing counts: what comes with it is judged as in a new one.
        return self._begin(operation, now_ms)

    def _begin(self, operation: str, now_ms: int) -> InteractiveSession:
        if len(self._sessions) >= MAX_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        session = InteractiveSession(self._ids.url_safe(SESSION_BYTES), operation, now_ms + SESSION_LIFETIME_MS)
        self._sessions[session.id] = session
        return session

    async def _advance(self, session: InteractiveSession, auth: Auth) -> None:
        name = auth.get("type")
        if name is None:
            return
        try:
            if not isinstance(name, str):
                raise StageFailed("M_UNRECOGNIZED", "The name of a stage is a text")
            if name in session.passed:
                return
            if not _is_next(name, session, session.flows):
                raise StageFailed("M_UNRECOGNIZED", "This is not the stage to pass now")
            session.passed[name] = await session.stages[name](auth)
        except StageFailed as failure:
            told = _told(session)
            raise InteractionNeeded({"errcode": failure.errcode, "error": failure.why, **told}) from failure


def _is_complete(session: InteractiveSession, flows: Sequence[Sequence[str]]) -> bool:
    return any(set(flow) <= session.passed.keys() for flow in flows)


def _is_next(stage: str, session: InteractiveSession, flows: Sequence[Sequence[str]]) -> bool:
    done = list(session.passed)
    return any([*flow[: len(done) + 1]] == [*done, stage] for flow in flows)


def _told(session: InteractiveSession) -> dict[str, object]:
    flows = [{"stages": list(flow)} for flow in session.flows]
    told: dict[str, object] = {"flows": flows, "params": session.params, "session": session.id}
    if session.passed:
        told["completed"] = list(session.passed)
    return told
