"""The predefined push rules, as clients read them."""

import pytest

from tests.helpers.people import Person


async def test_everybody_has_the_predefined_rules(alice: Person) -> None:
    rules = await alice.done("GET", "pushrules/")
    assert list(rules) == ["global"]
    assert await alice.done("GET", "pushrules/global/") == rules["global"]
    assert await alice.done("GET", "pushrules") == rules


async def test_one_rule_can_be_read_whole_or_in_part(alice: Person) -> None:
    path = "pushrules/global/underride/.m.rule.message"
    rule = await alice.done("GET", path)
    assert rule["rule_id"] == ".m.rule.message"
    assert await alice.done("GET", f"{path}/enabled") == {"enabled": True}
    assert await alice.done("GET", f"{path}/actions") == {"actions": ["notify"]}


@pytest.mark.parametrize("path", ["override/.m.rule.message", "strange/.m.rule.message", "room/%21room"])
async def test_a_rule_that_is_not_there_is_not_found(alice: Person, path: str) -> None:
    reply = await alice.get(f"pushrules/global/{path}")
    assert (reply.status, reply.errcode) == (404, "M_NOT_FOUND")


async def test_the_rules_come_with_the_first_sync_only(alice: Person) -> None:
    answer = await alice.syncs()
    [event] = [it for it in answer["account_data"]["events"] if it["type"] == "m.push_rules"]
    assert event["content"] == await alice.done("GET", "pushrules/")
    await alice.creates_room()
    assert "account_data" not in await alice.syncs(answer["next_batch"])


async def test_the_rules_can_be_filtered_out(alice: Person) -> None:
    answer = await alice.syncs(filter='{"account_data": {"not_types": ["m.push_rules"]}}')
    assert "account_data" not in answer


async def test_the_rules_are_read_as_account_data_too(alice: Person) -> None:
    as_account_data = await alice.done("GET", f"user/{alice.user_id}/account_data/m.push_rules")
    assert as_account_data == await alice.done("GET", "pushrules/")
