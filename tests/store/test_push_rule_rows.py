"""The rows of people's own push rules, on both engines."""

from sottovoce.domains.push.model import OwnRules, RuleChange, StoredRules
from sottovoce.domains.push.store import PushRuleRows
from sottovoce.infra.db.model import Batch, Database
from sottovoce.protocol.ids import UserId
from sottovoce.protocol.push_rules import Rule

ALICE, BOB = UserId("@alice:test"), UserId("@bob:test")
RULE = Rule(rule_id="a\0ä", default=False, enabled=True, actions=["notify", {"set_tweak": "x", "value": [1, None]}])
OWN = OwnRules(rules={"room": [RULE]}, changes={".m.rule.master": RuleChange(enabled=True)})


async def test_what_was_set_last_is_found(database: Database) -> None:
    rows = PushRuleRows(database)
    for stored in (StoredRules(OwnRules(), 5), StoredRules(OWN, 7)):
        batch = Batch()
        rows.set_rules(batch, ALICE, stored)
        await database.commit(batch)
    assert await rows.find_rules(ALICE) == StoredRules(OWN, 7)
    assert await rows.find_rules(BOB) is None


async def test_what_is_removed_is_gone(database: Database) -> None:
    rows, batch = PushRuleRows(database), Batch()
    rows.set_rules(batch, ALICE, StoredRules(OWN, 7))
    rows.set_rules(batch, BOB, StoredRules(OWN, 8))
    rows.remove_rules(batch, ALICE)
    await database.commit(batch)
    assert await rows.find_rules(ALICE) is None
    assert await rows.find_rules(BOB) == StoredRules(OWN, 8)
