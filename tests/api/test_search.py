"""Searching messages, names and topics."""

from pathlib import Path
from typing import Any

import pytest

from sottovoce.domains.search.service import search as search_service
from tests.helpers.people import Person, room, texts
from tests.helpers.server import RunningServer


async def finds(server: RunningServer, person: Person, term: str, token: str | None = None, **criteria: Any) -> Any:
    assert server.app.messenger is not None
    await server.app.messenger.messages.search_follower.catch_up()
    query = {} if token is None else {"next_batch": token}
    body = {"search_categories": {"room_events": {"search_term": term, **criteria}}}
    return (await person.done("POST", "search", body, query=query))["search_categories"]["room_events"]


def events(found: Any) -> list[Any]:
    return [result["result"] for result in found["results"]]


def said(found: Any) -> list[str]:
    return texts(events(found))


async def test_messages_are_found_by_the_beginnings_of_their_words(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str
) -> None:
    event_id = await alice.says(a_room, "Domani si va al mare!")
    await alice.says(a_room, "dopodomani in montagna")
    found = await finds(homeserver, bob, "domani MAR")
    assert said(found) == ["Domani si va al mare!"]
    [result] = events(found)
    assert (result["event_id"], result["room_id"], result["sender"]) == (event_id, a_room, alice.user_id)
    assert found["count"] == 1
    assert {"domani", "mare"} <= set(found["highlights"])
    assert "next_batch" not in found
    assert said(await finds(homeserver, bob, "domani in mare")) == []


@pytest.mark.parametrize("term", ["perché", "PERCHE", "perche\u0301", "  perché?!  "])
async def test_neither_case_nor_accents_matter(
    homeserver: RunningServer, alice: Person, a_room: str, term: str
) -> None:
    await alice.says(a_room, "ma Perché no")
    assert said(await finds(homeserver, alice, term)) == ["ma Perché no"]


async def test_scripts_without_spaces_are_searched_too(homeserver: RunningServer, alice: Person, a_room: str) -> None:
    await alice.says(a_room, "明日は海に行きます")
    assert said(await finds(homeserver, alice, "海")) == ["明日は海に行きます"]


async def test_names_and_topics_are_found_under_their_keys(
    homeserver: RunningServer, alice: Person, a_room: str
) -> None:
    await alice.sets(a_room, "m.room.name", {"name": "Vacanze"})
    rich = {"m.text": [{"mimetype": "text/html", "body": "<b>x</b>"}, {"body": "vacanze in barca"}]}
    await alice.sets(a_room, "m.room.topic", {"topic": "idee", "m.topic": rich})
    await alice.says(a_room, "vacanze!")
    kinds = {
        key: [event["type"] for event in events(await finds(homeserver, alice, "vacanze", keys=[key]))]
        for key in ("content.body", "content.name", "content.topic")
    }
    assert kinds == {
        "content.body": ["m.room.message"],
        "content.name": ["m.room.name"],
        "content.topic": ["m.room.topic"],
    }
    assert len(events(await finds(homeserver, alice, "vacanze"))) == 3
    assert len(events(await finds(homeserver, alice, "idee"))) == 1


async def test_nothing_is_found_where_one_may_not_look(
    homeserver: RunningServer, alice: Person, bob: Person, carol: Person, a_room: str
) -> None:
    await alice.says(a_room, "segreto di ieri")
    assert (await finds(homeserver, carol, "segreto"))["count"] == 0
    await bob.leaves(a_room)
    await alice.says(a_room, "segreto di oggi")
    found = await finds(homeserver, bob, "segreto")
    assert (said(found), found["count"]) == (["segreto di ieri"], 1)
    await bob.done("POST", room(a_room, "forget"), {})
    assert said(await finds(homeserver, bob, "segreto")) == []


async def test_what_was_said_before_somebody_came_is_found_only_if_they_may_see_it(
    homeserver: RunningServer, alice: Person, carol: Person
) -> None:
    hidden = {"type": "m.room.history_visibility", "state_key": "", "content": {"history_visibility": "joined"}}
    room_id = await alice.creates_room(initial_state=[hidden])
    await alice.says(room_id, "segreto")
    await alice.invites(room_id, carol)
    await carol.joins(room_id)
    await alice.says(room_id, "segreto per tre")
    found = await finds(homeserver, carol, "segreto")
    assert (said(found), found["count"]) == (["segreto per tre"], 1)


async def test_encrypted_and_other_events_are_not_searched(
    homeserver: RunningServer, alice: Person, a_room: str
) -> None:
    await alice.sends(a_room, "m.room.encrypted", {"body": "segreto", "ciphertext": "segreto"})
    await alice.sends(a_room, "it.own", {"body": "segreto"})
    await alice.sends(a_room, "m.room.message", {"msgtype": "m.text", "body": 7})
    assert (await finds(homeserver, alice, "segreto"))["results"] == []


async def test_what_is_redacted_is_found_no_more(homeserver: RunningServer, alice: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "parola sfuggita")
    assert len(events(await finds(homeserver, alice, "sfuggita"))) == 1
    await alice.done("PUT", room(a_room, "redact", event_id, "r1"), {})
    found = await finds(homeserver, alice, "sfuggita")
    assert (found["results"], found["count"]) == ([], 0)


async def test_ignored_people_are_not_found(homeserver: RunningServer, alice: Person, bob: Person, a_room: str) -> None:
    await bob.says(a_room, "ciao da bob")
    ignored: dict[str, object] = {"ignored_users": {bob.user_id: {}}}
    await alice.done("PUT", f"user/{alice.user_id}/account_data/m.ignored_user_list", ignored)
    assert said(await finds(homeserver, alice, "ciao")) == []


async def test_a_filter_narrows_the_search(homeserver: RunningServer, alice: Person, bob: Person, a_room: str) -> None:
    other = await alice.creates_room(name="ciao")
    await alice.says(a_room, "ciao uno")
    await bob.says(a_room, "ciao due")
    await alice.says(other, "ciao tre")
    cases: list[tuple[dict[str, object], set[str]]] = [
        ({"rooms": [a_room]}, {"ciao uno", "ciao due"}),
        ({"not_rooms": [a_room]}, {"ciao tre"}),
        ({"senders": [bob.user_id]}, {"ciao due"}),
        ({"not_senders": [bob.user_id], "types": ["m.room.message"]}, {"ciao uno", "ciao tre"}),
        ({"rooms": []}, set()),
    ]
    for wanted, expected in cases:
        assert set(said(await finds(homeserver, alice, "ciao", filter=wanted))) == expected, wanted


@pytest.mark.parametrize("order_by", ["rank", "recent"])
async def test_results_come_in_pages(homeserver: RunningServer, alice: Person, a_room: str, order_by: str) -> None:
    for number in range(5):
        await alice.says(a_room, f"ciao numero {number}")
    everything: list[str] = []
    token = None
    for _ in range(3):
        found = await finds(homeserver, alice, "ciao", token, order_by=order_by, filter={"limit": 2})
        everything += said(found)
        token = found.get("next_batch")
    assert token is None
    if order_by == "recent":
        assert everything == [f"ciao numero {number}" for number in (4, 3, 2, 1, 0)]
    else:
        assert sorted(everything) == [f"ciao numero {number}" for number in range(5)]


async def test_by_time_the_pages_go_on_beyond_what_one_search_looks_at(
    homeserver: RunningServer, alice: Person, a_room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_service, "MAX_HITS", 2)
    for number in range(3):
        await alice.says(a_room, f"ciao {number}")
    first = await finds(homeserver, alice, "ciao", order_by="recent")
    second = await finds(homeserver, alice, "ciao", first["next_batch"], order_by="recent")
    assert said(first) + said(second) == ["ciao 2", "ciao 1", "ciao 0"]
    assert "next_batch" not in second


async def test_by_rank_what_fits_better_comes_first(homeserver: RunningServer, alice: Person, a_room: str) -> None:
    await alice.says(a_room, "tutti parlano a lungo del mare e di mille altre cose che non servono a niente " * 3)
    await alice.says(a_room, "mare, mare, mare")
    await alice.says(a_room, "il tempo è bello oggi e domani andiamo forse via di qui")
    found = await finds(homeserver, alice, "mare")
    assert said(found)[0] == "mare, mare, mare"
    ranks = [result["rank"] for result in found["results"]]
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.parametrize("order_by", ["rank", "recent"])
async def test_results_are_grouped_and_each_group_goes_on(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str, order_by: str
) -> None:
    other = await alice.creates_room()
    for number in range(3):
        await alice.says(a_room, f"ciao a{number}")
        await bob.says(a_room, f"ciao b{number}")
        await alice.says(other, f"ciao c{number}")
    criteria: dict[str, Any] = {
        "order_by": order_by,
        "filter": {"limit": 4},
        "groupings": {"group_by": [{"key": "room_id"}, {"key": "sender"}]},
    }
    found = await finds(homeserver, alice, "ciao", **criteria)
    assert set(found["groups"]) == {"room_id", "sender"}
    of_room: dict[str, set[str]] = {a_room: set(), other: set()}
    for room_id, expected in of_room.items():
        group = found["groups"]["room_id"].get(room_id)
        if group is None:
            continue
        expected |= set(group["results"])
        token = group.get("next_batch")
        while token is not None:
            page = await finds(homeserver, alice, "ciao", token, **criteria)
            assert {event["room_id"] for event in events(page)} == {room_id}
            assert expected.isdisjoint(event["event_id"] for event in events(page))
            expected |= {event["event_id"] for event in events(page)}
            token = page.get("next_batch")
    assert len(of_room[a_room]) == 6
    group = found["groups"]["sender"][bob.user_id]
    mine = set(group["results"])
    page = await finds(homeserver, alice, "ciao", group["next_batch"], **criteria)
    assert {event["sender"] for event in events(page)} <= {bob.user_id}
    assert mine.isdisjoint(event["event_id"] for event in events(page))
    assert len(mine) + len(events(page)) == 3


async def test_what_is_around_comes_with_the_names_of_then(
    homeserver: RunningServer, alice: Person, bob: Person, a_room: str
) -> None:
    await bob.says(a_room, "prima")
    await alice.says(a_room, "ago nel pagliaio")
    await bob.says(a_room, "dopo")
    await bob.done("PUT", f"profile/{bob.user_id}/displayname", {"displayname": "Roberto"})
    wanted = {"before_limit": 1, "after_limit": 1, "include_profile": True}
    found = await finds(homeserver, alice, "ago pagliaio", event_context=wanted)
    context = found["results"][0]["context"]
    assert texts(context["events_before"]) == ["prima"]
    assert texts(context["events_after"]) == ["dopo"]
    assert context["profile_info"] == {
        alice.user_id: {"displayname": "Alice"},
        bob.user_id: {"displayname": "Bob"},
    }
    page = await alice.done("GET", room(a_room, "messages"), query={"dir": "b", "from": context["start"]})
    assert "prima" not in texts(page["chunk"])
    plain = await finds(homeserver, alice, "ago pagliaio", event_context={"before_limit": 0, "after_limit": 0})
    assert "profile_info" not in plain["results"][0]["context"]
    assert plain["results"][0]["context"]["events_before"] == []


async def test_the_state_of_the_rooms_comes_where_wanted(homeserver: RunningServer, alice: Person, a_room: str) -> None:
    await alice.says(a_room, "ciao")
    found = await finds(homeserver, alice, "ciao", include_state=True)
    assert "m.room.create" in {event["type"] for event in found["state"][a_room]}
    assert "state" not in await finds(homeserver, alice, "ciao")


async def test_an_edited_result_comes_with_its_edit(homeserver: RunningServer, alice: Person, a_room: str) -> None:
    event_id = await alice.says(a_room, "originale")
    new = {"msgtype": "m.text", "body": "corretto"}
    relation = {"rel_type": "m.replace", "event_id": event_id}
    await alice.sends(a_room, "m.room.message", {**new, "m.new_content": new, "m.relates_to": relation})
    [event] = events(await finds(homeserver, alice, "originale"))
    assert event["unsigned"]["m.relations"]["m.replace"]["content"]["body"] == "corretto"


@pytest.mark.parametrize(
    "term", ["", "   ", "!?", "\0", '"', "' OR 1=1 --", "a" * 5_000, "r1", "NOT", "ciao*", "x " * 500]
)
async def test_odd_terms_find_nothing_and_break_nothing(
    homeserver: RunningServer, alice: Person, a_room: str, term: str
) -> None:
    await alice.says(a_room, "buongiorno")
    assert (await finds(homeserver, alice, term))["results"] == []


async def test_questions_that_make_no_sense_are_refused(alice: Person) -> None:
    cases: list[tuple[dict[str, object], str]] = [
        ({}, "M_MISSING_PARAM"),
        ({"search_term": 7}, "M_BAD_JSON"),
        ({"search_term": "x", "order_by": "odd"}, "M_BAD_JSON"),
        ({"search_term": "x", "keys": ["content.formatted_body"]}, "M_BAD_JSON"),
        ({"search_term": "x", "filter": {"senders": ["odd"]}}, "M_BAD_JSON"),
        ({"search_term": "x", "groupings": {"group_by": [{"key": "odd"}]}}, "M_BAD_JSON"),
    ]
    for criteria, errcode in cases:
        refused = await alice.request("POST", "search", json={"search_categories": {"room_events": criteria}})
        assert (refused.status, refused.json["errcode"]) == (400, errcode), criteria
    foreign = await alice.request(
        "POST",
        "search",
        json={"search_categories": {"room_events": {"search_term": "x"}}},
        query={"next_batch": "x"},
    )
    assert (foreign.status, foreign.json["errcode"]) == (400, "M_INVALID_PARAM")
    assert await alice.done("POST", "search", {"search_categories": {}}) == {"search_categories": {}}


async def test_the_index_goes_on_where_it_stopped(homeserver: RunningServer, alice: Person, a_room: str) -> None:
    await alice.says(a_room, "prima della notte")
    await finds(homeserver, alice, "notte")
    await alice.says(a_room, "nella notte")
    await homeserver.stop()
    await homeserver.start()
    alice.app = homeserver.app.http
    assert len(events(await finds(homeserver, alice, "notte"))) == 2


async def test_a_server_may_not_search(tmp_path: Path) -> None:
    server = RunningServer(tmp_path)
    await server.start()
    alice = await server.person("alice")
    room_id = await alice.creates_room()
    await alice.says(room_id, "ciao")
    assert len(events(await finds(server, alice, "ciao"))) == 1
    await server.stop()
    server = RunningServer(tmp_path, search="off")
    await server.start()
    alice.app = server.app.http
    refused = await alice.request("POST", "search", json={"search_categories": {"room_events": {"search_term": "x"}}})
    assert (refused.status, refused.json["errcode"]) == (400, "M_UNKNOWN")
    await server.settle()
    await server.stop()
    server = RunningServer(tmp_path)
    await server.start()
    alice.app = server.app.http
    assert len(events(await finds(server, alice, "ciao"))) == 1
    await server.stop()
