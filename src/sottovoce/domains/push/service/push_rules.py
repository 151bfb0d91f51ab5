"""People's push rules."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

from sottovoce.domains.changes.model import Change
from sottovoce.domains.changes.service import Changes
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import UserId
from sottovoce.protocol.push_rules import PREDEFINED, Matcher, Rule

from ..model import OwnRules, PutRule, Scope, StoredRules
from ..ports import PushRuleStore
from ..rules import find_rule, merged, scope_of, shown, with_actions, with_enabled, with_rule, without_rule

KNOWN_PEOPLE_MAX = 20_000
"""Of how many people it is kept in memory which rules they have. Most have none of their own, and share one."""

STREAM = "push_rules"
_PREDEFINED_MATCHER = Matcher(PREDEFINED)


class KnownRules:
    """A person's rules, ready to be asked; made ready when first needed."""

    __slots__ = ("_matcher", "_scope", "own", "position")

    def __init__(self, own: OwnRules, position: int) -> None:
        self.own = own
        self.position = position
        self._matcher: Matcher | None = None
        self._scope: Scope | None = None

    @property
    def matcher(self) -> Matcher:
        """All rules, the predefined ones among them."""
        if self._matcher is None:
            self._matcher = _PREDEFINED_MATCHER if self.own == OwnRules() else Matcher(merged(self.own))
        return self._matcher

    @property
    def scope(self) -> Scope:
        """Where these rules differ from the predefined ones in the attention they ask for."""
        if self._scope is None:
            self._scope = scope_of(self.own)
        return self._scope


_NOTHING_OWN = KnownRules(OwnRules(), 0)


class PushRules:
    """Everybody's rules: the predefined ones, as far as people left them so, and their own."""

    def __init__(self, store: PushRuleStore, database: Database, changes: Changes) -> None:
        self._store = store
        self._database = database
        self._changes = changes
        self._known: OrderedDict[UserId, KnownRules] = OrderedDict()
        self._times_changed = 0

    async def known(self, user_id: UserId) -> KnownRules:
        """The person's rules; the same object until they change."""
        known = self._known.get(user_id)
        while known is None:
            times_changed = self._times_changed
            stored = await self._store.find_rules(user_id)
            known = self._known.get(user_id)
            if known is None and times_changed == self._times_changed:
                known = _NOTHING_OWN if stored is None else KnownRules(stored.own, stored.position)
                self._remember(user_id, known)
        return known

    async def all(self, user_id: UserId) -> dict[str, list[Rule]]:
        """All rules by kind, as clients read them. Spec: client-server, GET /pushrules/."""
        return shown((await self.known(user_id)).own, user_id)

    async def find(self, user_id: UserId, kind: str, rule_id: str) -> Rule:
        """One rule. Raises PushRuleNotFound. Spec: client-server, GET /pushrules/global/{kind}/{ruleId}."""
        return find_rule(await self.all(user_id), kind, rule_id)

    async def put(self, user_id: UserId, put: PutRule) -> None:
        """The rule is there. Raises BadPushRule, PushRuleIncomplete, RelatedRuleNotFound.

        Spec: client-server, PUT /pushrules/global/{kind}/{ruleId}.
        """
        await self._change(user_id, lambda own: with_rule(own, put))

    async def remove(self, user_id: UserId, kind: str, rule_id: str) -> None:
        """The rule of the person's own is gone. Raises PushRuleNotFound."""
        await self._change(user_id, lambda own: without_rule(own, kind, rule_id))

    async def set_enabled(self, user_id: UserId, kind: str, rule_id: str, is_enabled: bool) -> None:
        """The rule is on or off. Raises PushRuleNotFound."""
        await self._change(user_id, lambda own: with_enabled(own, kind, rule_id, is_enabled))

    async def set_actions(self, user_id: UserId, kind: str, rule_id: str, actions: Sequence[object]) -> None:
        """The rule does this. Raises PushRuleNotFound, BadPushRule."""
        await self._change(user_id, lambda own: with_actions(own, kind, rule_id, actions))

    async def forget_user(self, user_id: UserId) -> None:
        """Nothing is kept of what the person changed."""
        batch = Batch(lane=_lane(user_id))
        self._store.remove_rules(batch, user_id)
        self._forget(user_id)
        await self._database.commit(batch)
        self._forget(user_id)

    async def _change(self, user_id: UserId, changed: Callable[[OwnRules], OwnRules]) -> None:
        known = await self.known(user_id)
        new = changed(known.own)
        if new == known.own:
            return
        # From here to the submission nothing is awaited, so changes of one person build on each other.
        position = self._changes.next_position()
        batch = Batch(lane=_lane(user_id), on_failed=lambda: self._forget(user_id))
        self._store.set_rules(batch, user_id, StoredRules(new, position))
        batch.announce(Change(STREAM, position, None, frozenset({user_id})))
        self._times_changed += 1
        self._remember(user_id, KnownRules(new, position))
        await self._database.commit(batch)

    def _remember(self, user_id: UserId, known: KnownRules) -> None:
        self._known[user_id] = known
        self._known.move_to_end(user_id)
        if len(self._known) > KNOWN_PEOPLE_MAX:
            self._known.popitem(last=False)

    def _forget(self, user_id: UserId) -> None:
        self._times_changed += 1
        self._known.pop(user_id, None)


def _lane(user_id: UserId) -> str:
    return f"push rules of {user_id}"
