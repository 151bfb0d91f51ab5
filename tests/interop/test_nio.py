"""matrix-nio does what it offers, on an unmodified install."""

import asyncio
from collections.abc import AsyncIterator

import nio
import pytest

from tests.helpers.server_process import ServerProcess
from tests.interop.nio_person import NEWS_WITHIN_S, PASSWORD, NioPerson, expect


@pytest.fixture
async def alice(server: ServerProcess) -> AsyncIterator[NioPerson]:
    alice = NioPerson(server.address, "alice")
    await alice.registers()
    yield alice
    await alice.closes()


@pytest.fixture
async def bob(server: ServerProcess) -> AsyncIterator[NioPerson]:
    bob = NioPerson(server.address, "bob")
    await bob.registers()
    yield bob
    await bob.closes()


@pytest.fixture
async def walk(alice: NioPerson, bob: NioPerson) -> str:
    """A room alice made, which bob joined from its invitation; both have synced it."""
    room_id = await alice.creates_room(bob.user_id)
    await bob.until(lambda: room_id in bob.nio.invited_rooms)
    assert bob.nio.invited_rooms[room_id].inviter == alice.user_id
    await bob.joins(room_id)
    await bob.until(lambda: room_id in bob.nio.rooms)
    await alice.until(lambda: room_id in alice.nio.rooms and bob.user_id in alice.nio.rooms[room_id].users)
    return room_id


async def test_it_logs_in_lists_and_removes_devices_and_logs_out(server: ServerProcess, alice: NioPerson) -> None:
    phone = NioPerson(server.address, "alice")
    assert "m.login.password" in expect(nio.LoginInfoResponse, await phone.nio.login_info()).flows
    await phone.logs_in()
    who = expect(nio.WhoamiResponse, await phone.nio.whoami())
    assert (who.user_id, who.device_id) == (alice.user_id, phone.nio.device_id)
    devices = expect(nio.DevicesResponse, await alice.nio.devices()).devices
    assert {device.id for device in devices} == {alice.nio.device_id, phone.nio.device_id}
    expect(nio.UpdateDeviceResponse, await alice.nio.update_device(who.device_id, {"display_name": "Phone"}))
    asked = expect(nio.DeleteDevicesAuthResponse, await alice.nio.delete_devices([who.device_id]))
    name = {"type": "m.id.user", "user": "alice"}
    proof = {"type": "m.login.password", "session": asked.session, "identifier": name, "password": PASSWORD}
    expect(nio.DeleteDevicesResponse, await alice.nio.delete_devices([who.device_id], proof))
    assert expect(nio.WhoamiError, await phone.nio.whoami()).status_code == "M_UNKNOWN_TOKEN"
    expect(nio.LogoutResponse, await alice.nio.logout())
    await phone.closes()


async def test_messages_arrive_while_it_syncs_forever(alice: NioPerson, bob: NioPerson, walk: str) -> None:
    said = [f"message {number}" for number in range(5)]
    async with asyncio.timeout(NEWS_WITHIN_S), asyncio.TaskGroup() as group:
        syncing = group.create_task(bob.nio.sync_forever(timeout=30_000))
        for text in said:
            await alice.says(walk, text)
        while bob.texts != said:  # noqa: ASYNC110 - another task hears
            await asyncio.sleep(0.01)
        syncing.cancel()
    room = bob.nio.rooms[walk]
    assert room.display_name == "Walk"
    assert room.member_count == 2
    assert room.unread_notifications == 5


async def test_it_pages_back_to_the_creation_of_a_room(alice: NioPerson, bob: NioPerson, walk: str) -> None:
    said = [f"message {number}" for number in range(25)]
    for text in said:
        await alice.says(walk, text)
    found: list[nio.Event] = []
    start: str | None = None
    while True:
        page = expect(nio.RoomMessagesResponse, await bob.nio.room_messages(walk, start, limit=7))
        found += page.chunk
        if page.end is None:
            break
        start = page.end
    assert [event.body for event in reversed(found) if isinstance(event, nio.RoomMessageText)] == said
    assert isinstance(found[-1], nio.RoomCreateEvent)
    onward = await bob.nio.room_messages(walk, page.start, direction=nio.MessageDirection.front, limit=3)
    assert expect(nio.RoomMessagesResponse, onward).chunk
    around = expect(nio.RoomContextResponse, await bob.nio.room_context(walk, found[10].event_id, limit=4))
    assert around.event.event_id == found[10].event_id
    assert [event.event_id for event in around.events_before] == [event.event_id for event in found[11:13]]


async def test_others_see_typing_receipts_and_read_marks(alice: NioPerson, bob: NioPerson, walk: str) -> None:
    event_id = await alice.says(walk, "are you there?")
    await bob.until(lambda: bob.nio.rooms[walk].unread_notifications == 1)
    expect(nio.RoomTypingResponse, await bob.nio.room_typing(walk))
    await alice.until(lambda: alice.nio.rooms[walk].typing_users == [bob.user_id])
    expect(nio.RoomTypingResponse, await bob.nio.room_typing(walk, typing_state=False))
    await alice.until(lambda: alice.nio.rooms[walk].typing_users == [])
    expect(nio.UpdateReceiptMarkerResponse, await bob.nio.update_receipt_marker(walk, event_id))
    threaded = alice.nio.rooms[walk].threaded_read_receipts
    await alice.until(lambda: bob.user_id in threaded)
    assert threaded[bob.user_id]["main"].event_id == event_id
    expect(nio.RoomReadMarkersResponse, await bob.nio.room_read_markers(walk, event_id, event_id))
    await alice.until(lambda: bob.user_id in alice.nio.rooms[walk].read_receipts)
    await bob.until(lambda: bob.nio.rooms[walk].fully_read_marker == event_id)
    assert bob.nio.rooms[walk].unread_notifications == 0


async def test_a_redacted_message_is_gone_for_both(alice: NioPerson, bob: NioPerson, walk: str) -> None:
    event_id = await alice.says(walk, "a slip")
    redaction = expect(nio.RoomRedactResponse, await alice.nio.room_redact(walk, event_id, reason="a slip"))
    await bob.until(lambda: any(isinstance(event, nio.RedactionEvent) for event in bob.heard))
    seen = next(event for event in bob.heard if isinstance(event, nio.RedactionEvent))
    assert (seen.event_id, seen.redacts, seen.reason) == (redaction.event_id, event_id, "a slip")
    found = expect(nio.RoomGetEventResponse, await bob.nio.room_get_event(walk, event_id)).event
    assert isinstance(found, nio.RedactedEvent)
    assert (found.redacter, found.reason) == (alice.user_id, "a slip")


async def test_a_new_name_and_picture_reach_the_room(alice: NioPerson, bob: NioPerson, walk: str) -> None:
    expect(nio.ProfileSetDisplayNameResponse, await alice.nio.set_displayname("Alice of the hills"))
    expect(nio.ProfileSetAvatarResponse, await alice.nio.set_avatar("mxc://localhost/hills"))
    await bob.until(lambda: bob.nio.rooms[walk].user_name(alice.user_id) == "Alice of the hills")
    await bob.until(lambda: bob.nio.rooms[walk].avatar_url(alice.user_id) == "mxc://localhost/hills")
    profile = expect(nio.ProfileGetResponse, await bob.nio.get_profile(alice.user_id))
    assert (profile.displayname, profile.avatar_url) == ("Alice of the hills", "mxc://localhost/hills")


async def test_it_sets_and_reads_state(alice: NioPerson, bob: NioPerson, walk: str) -> None:
    expect(nio.RoomPutStateResponse, await alice.nio.room_put_state(walk, "m.room.topic", {"topic": "To the lake"}))
    await bob.until(lambda: bob.nio.rooms[walk].topic == "To the lake")
    topic = expect(nio.RoomGetStateEventResponse, await bob.nio.room_get_state_event(walk, "m.room.topic"))
    assert topic.content == {"topic": "To the lake"}
    state = expect(nio.RoomGetStateResponse, await bob.nio.room_get_state(walk)).events
    assert {"m.room.create", "m.room.power_levels", "m.room.topic"} <= {event["type"] for event in state}
    refused = await bob.nio.room_put_state(walk, "m.room.topic", {"topic": "To the sea"})
    assert expect(nio.RoomPutStateError, refused).status_code == "M_FORBIDDEN"


async def test_people_are_sent_out_come_back_leave_and_forget(alice: NioPerson, bob: NioPerson, walk: str) -> None:
    expect(nio.RoomKickResponse, await alice.nio.room_kick(walk, bob.user_id, "a try"))
    await bob.until(lambda: walk in bob.left)
    expect(nio.RoomBanResponse, await alice.nio.room_ban(walk, bob.user_id))
    assert expect(nio.JoinError, await bob.nio.join(walk)).status_code == "M_FORBIDDEN"
    expect(nio.RoomUnbanResponse, await alice.nio.room_unban(walk, bob.user_id))
    expect(nio.RoomInviteResponse, await alice.nio.room_invite(walk, bob.user_id))
    await bob.until(lambda: walk in bob.nio.invited_rooms)
    await bob.joins(walk)
    members = expect(nio.JoinedMembersResponse, await alice.nio.joined_members(walk)).members
    assert {member.user_id for member in members} == {alice.user_id, bob.user_id}
    expect(nio.RoomLeaveResponse, await bob.nio.room_leave(walk))
    expect(nio.RoomForgetResponse, await bob.nio.room_forget(walk))
    assert expect(nio.JoinedRoomsResponse, await bob.nio.joined_rooms()).rooms == []
    assert expect(nio.RoomMessagesError, await bob.nio.room_messages(walk)).status_code == "M_FORBIDDEN"


async def test_a_saved_token_goes_on_where_it_was(
    server: ServerProcess, alice: NioPerson, bob: NioPerson, walk: str
) -> None:
    await alice.says(walk, "before")
    await bob.until(lambda: bob.texts == ["before"])
    again = NioPerson(server.address, "bob")
    again.nio.restore_login(bob.user_id, str(bob.nio.device_id), bob.nio.access_token)
    again.nio.next_batch = bob.nio.next_batch
    await alice.says(walk, "after")
    await again.until(lambda: again.texts)
    assert again.texts == ["after"]
    await again.closes()


async def test_presence_and_direct_chats_are_kept(alice: NioPerson, bob: NioPerson, walk: str) -> None:
    expect(nio.PresenceSetResponse, await alice.nio.set_presence("unavailable", "on a walk"))
    told = expect(nio.PresenceGetResponse, await bob.nio.get_presence(alice.user_id))
    assert (told.presence, told.status_msg) == ("unavailable", "on a walk")
    assert expect(nio.DirectRoomsErrorResponse, await bob.nio.list_direct_rooms()).status_code == "M_NOT_FOUND"
