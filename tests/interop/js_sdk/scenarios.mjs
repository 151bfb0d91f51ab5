// What somebody does with matrix-js-sdk. Each is run by itself on a fresh server, and throws if something is not so.
import assert from "node:assert/strict";
import { Person, PASSWORD } from "./person.mjs";
import { sdk } from "./sdk.mjs";

/** Alice and Bob in a room of hers, which he joined from its invitation; both sync. */
async function twoInARoom(address) {
  const [alice, bob] = [await Person.signsUp(address, "alice"), await Person.signsUp(address, "bob")];
  await alice.starts();
  await bob.starts();
  const asked = { name: "Walk", invite: [bob.userId], preset: sdk.Preset.PrivateChat };
  const { room_id: roomId } = await alice.client.createRoom(asked);
  await bob.until(() => bob.room(roomId)?.getMyMembership() === "invite");
  assert.equal(bob.room(roomId).name, "Walk");
  assert.equal(bob.room(roomId).getMember(bob.userId).events.member.getSender(), alice.userId);
  await bob.client.joinRoom(roomId);
  await bob.until(() => bob.room(roomId).getMyMembership() === "join");
  await alice.until(() => alice.room(roomId)?.getJoinedMemberCount() === 2);
  return { alice, bob, roomId };
}

export async function messages_appear_in_the_live_timeline_once(address) {
  const { alice, bob, roomId } = await twoInARoom(address);
  const said = [];
  for (let number = 0; number < 5; number++) {
    said.push(`message ${number}`);
    await alice.says(roomId, said[number]);
  }
  await bob.until(() => bob.texts(roomId).length === said.length);
  assert.deepEqual(bob.texts(roomId), said);
  await bob.says(roomId, "I heard");
  await alice.until(() => alice.texts(roomId).includes("I heard"));
  assert.deepEqual(alice.texts(roomId), [...said, "I heard"]);
  assert.equal(alice.room(roomId).getPendingEvents().length, 0);
}

export async function it_scrolls_back_to_the_creation_of_a_room(address) {
  const { alice, bob, roomId } = await twoInARoom(address);
  const said = Array.from({ length: 40 }, (_, number) => `message ${number}`);
  for (const text of said) await alice.says(roomId, text);
  bob.stops();
  const again = Person.withToken(address, bob.saved);
  await again.starts();
  const room = again.room(roomId);
  assert.equal(room.getLiveTimeline().getEvents().length, 5);
  while (room.oldState.paginationToken !== null) await again.client.scrollback(room, 7);
  assert.deepEqual(again.texts(roomId), said);
  assert.equal(room.getLiveTimeline().getEvents()[0].getType(), "m.room.create");
  const middle = room.getLiveTimeline().getEvents().find((event) => event.getContent().body === "message 20");
  const around = await again.client.getEventTimeline(room.getUnfilteredTimelineSet(), middle.getId());
  assert.ok(around.getEvents().some((event) => event.getId() === middle.getId()));
}

export async function a_gap_in_the_timeline_is_filled(address) {
  const { alice, bob, roomId } = await twoInARoom(address);
  bob.stops();
  const said = Array.from({ length: 30 }, (_, number) => `missed ${number}`);
  for (const text of said) await alice.says(roomId, text);
  const again = Person.withToken(address, bob.saved);
  await again.starts({ initialSyncLimit: 3 });
  assert.deepEqual(again.texts(roomId), said.slice(-3));
  while (again.texts(roomId).length < said.length) await again.client.scrollback(again.room(roomId), 10);
  assert.deepEqual(again.texts(roomId), said);
}

export async function members_are_loaded_when_they_are_needed(address) {
  const { alice, bob, roomId } = await twoInARoom(address);
  const carol = await Person.signsUp(address, "carol");
  await carol.client.setDisplayName("Carol");
  await alice.client.invite(roomId, carol.userId);
  await carol.client.joinRoom(roomId);
  for (let number = 0; number < 5; number++) await alice.says(roomId, `message ${number}`);
  const laptop = await Person.logsIn(address, "bob");
  await laptop.starts();
  const room = laptop.room(roomId);
  assert.equal(room.getJoinedMemberCount(), 3);
  assert.equal(room.getMember(carol.userId), null);
  assert.ok(room.getMember(alice.userId));
  await room.loadMembersIfNeeded();
  assert.equal(room.getMember(carol.userId).name, "Carol");
  assert.deepEqual(room.getJoinedMembers().map((member) => member.userId).sort(), [
    alice.userId,
    bob.userId,
    carol.userId,
  ]);
}

export async function receipts_and_unread_counts_follow_reading(address) {
  const { alice, bob, roomId } = await twoInARoom(address);
  for (const text of ["one", "two", "three"]) await alice.says(roomId, text);
  const unread = () => bob.room(roomId).getUnreadNotificationCount(sdk.NotificationCountType.Total);
  await bob.until(() => unread() === 3);
  const events = bob.room(roomId).getLiveTimeline().getEvents();
  await bob.client.sendReadReceipt(events.at(-2));
  await bob.until(() => unread() === 1);
  await alice.until(() => alice.room(roomId).getEventReadUpTo(bob.userId) === events.at(-2).getId());
  await bob.client.setRoomReadMarkers(roomId, events.at(-1).getId(), events.at(-1));
  await bob.until(() => unread() === 0);
  await bob.until(() => bob.room(roomId).getAccountData("m.fully_read")?.getContent().event_id === events.at(-1).getId());
  await alice.until(() => alice.room(roomId).getUsersReadUpTo(events.at(-1)).includes(bob.userId));
}

export async function a_private_receipt_is_told_to_nobody(address) {
  const { alice, bob, roomId } = await twoInARoom(address);
  const first = await alice.says(roomId, "one");
  await bob.until(() => bob.texts(roomId).includes("one"));
  await bob.client.sendReadReceipt(bob.room(roomId).findEventById(first), sdk.ReceiptType.ReadPrivate);
  await bob.until(() => bob.room(roomId).getUnreadNotificationCount() === 0);
  await bob.says(roomId, "two");
  await alice.until(() => alice.texts(roomId).includes("two"));
  assert.notEqual(alice.room(roomId).getReadReceiptForUserId(bob.userId, true)?.eventId, first);
}

export async function typing_is_seen_and_ends(address) {
  const { alice, bob, roomId } = await twoInARoom(address);
  await alice.client.sendTyping(roomId, true, 20_000);
  await bob.until(() => bob.room(roomId).getMember(alice.userId).typing);
  await alice.client.sendTyping(roomId, false, 0);
  await bob.until(() => !bob.room(roomId).getMember(alice.userId).typing);
}

export async function a_redacted_message_is_empty_for_both(address) {
  const { alice, bob, roomId } = await twoInARoom(address);
  const eventId = await alice.says(roomId, "a slip");
  await bob.until(() => bob.texts(roomId).includes("a slip"));
  await alice.client.redactEvent(roomId, eventId, undefined, { reason: "a slip" });
  await bob.until(() => bob.room(roomId).findEventById(eventId).isRedacted());
  const fetched = await bob.client.fetchRoomEvent(roomId, eventId);
  assert.deepEqual(fetched.content, {});
  assert.equal(fetched.unsigned.redacted_because.content.reason, "a slip");
}

export async function state_and_power_are_set_and_refused(address) {
  const { alice, bob, roomId } = await twoInARoom(address);
  await alice.client.setRoomTopic(roomId, "To the lake");
  await bob.until(() => bob.room(roomId).currentState.getStateEvents("m.room.topic", "")?.getContent().topic === "To the lake");
  await assert.rejects(bob.client.setRoomName(roomId, "Swim"), { errcode: "M_FORBIDDEN", httpStatus: 403 });
  await alice.client.setPowerLevel(roomId, bob.userId, 50);
  await bob.until(() => bob.room(roomId).getMember(bob.userId).powerLevel === 50);
  await bob.client.setRoomName(roomId, "Swim");
  await alice.until(() => alice.room(roomId).name === "Swim");
  assert.deepEqual(await bob.client.getStateEvent(roomId, "m.room.name", ""), { name: "Swim" });
}

export async function people_are_banned_come_back_leave_and_forget(address) {
  const { alice, bob, roomId } = await twoInARoom(address);
  await alice.client.ban(roomId, bob.userId, "a try");
  await bob.until(() => bob.room(roomId).getMyMembership() === "ban");
  await assert.rejects(bob.client.joinRoom(roomId), { errcode: "M_FORBIDDEN" });
  await alice.client.unban(roomId, bob.userId);
  await alice.client.invite(roomId, bob.userId);
  await bob.until(() => bob.room(roomId).getMyMembership() === "invite");
  await bob.client.joinRoom(roomId);
  await bob.until(() => bob.room(roomId).getMyMembership() === "join");
  await alice.client.kick(roomId, bob.userId, "a try");
  await bob.until(() => bob.room(roomId).getMyMembership() === "leave");
  await bob.client.forget(roomId);
  assert.deepEqual((await bob.client.getJoinedRooms()).joined_rooms, []);
  const laptop = await Person.logsIn(address, "bob");
  await laptop.starts({ includeArchivedRooms: true });
  assert.equal(laptop.room(roomId), null);
}

export async function a_new_name_reaches_the_room_and_the_profile(address) {
  const { alice, bob, roomId } = await twoInARoom(address);
  await alice.client.setDisplayName("Alice of the hills");
  await alice.client.setAvatarUrl("mxc://localhost/hills");
  await bob.until(() => bob.room(roomId).getMember(alice.userId).rawDisplayName === "Alice of the hills");
  await bob.until(() => bob.room(roomId).getMember(alice.userId).getMxcAvatarUrl() === "mxc://localhost/hills");
  const known = { displayname: "Alice of the hills", avatar_url: "mxc://localhost/hills" };
  assert.deepEqual(await bob.client.getProfileInfo(alice.userId), known);
}

export async function account_data_tags_and_rules_reach_the_other_device(address) {
  const { bob, roomId } = await twoInARoom(address);
  const laptop = await Person.logsIn(address, "bob");
  await laptop.starts();
  await bob.client.setAccountData("m.direct", { "@alice:localhost": [roomId] });
  await laptop.until(() => laptop.client.getAccountData("m.direct")?.getContent()["@alice:localhost"]);
  await bob.client.setRoomAccountData(roomId, "m.marked_unread", { unread: true });
  await laptop.until(() => laptop.room(roomId).getAccountData("m.marked_unread")?.getContent().unread);
  assert.ok(laptop.client.pushRules.global.override.some((rule) => rule.rule_id === ".m.rule.master"));
}

export async function presence_is_seen_by_those_who_share_a_chat(address) {
  const { alice, bob } = await twoInARoom(address);
  await alice.client.setSyncPresence("unavailable");
  await alice.client.setPresence({ presence: "unavailable", status_msg: "on a walk" });
  await bob.until(() => bob.client.getUser(alice.userId)?.presence === "unavailable");
  assert.equal(bob.client.getUser(alice.userId).presenceStatusMsg, "on a walk");
}

export async function a_saved_token_is_enough_to_go_on(address) {
  const { alice, bob, roomId } = await twoInARoom(address);
  const saved = alice.saved;
  alice.stops();
  await bob.says(roomId, "while you were away");
  const again = Person.withToken(address, saved);
  await again.starts();
  assert.deepEqual(again.texts(roomId), ["while you were away"]);
  assert.equal((await again.client.whoami()).device_id, saved.device_id);
  await bob.says(roomId, "welcome back");
  await again.until(() => again.texts(roomId).includes("welcome back"));
  await again.client.logout(true);
  await assert.rejects(Person.withToken(address, saved).client.whoami(), { errcode: "M_UNKNOWN_TOKEN" });
}

export async function a_password_and_the_devices_are_changed_with_proof(address) {
  const alice = await Person.signsUp(address, "alice");
  const laptop = await Person.logsIn(address, "alice");
  const proof = (session) => ({
    type: "m.login.password",
    identifier: { type: "m.id.user", user: "alice" },
    password: PASSWORD,
    session,
  });
  const asked = await alice.client.deleteDevice(laptop.saved.device_id).catch((error) => error.data);
  assert.deepEqual(asked.flows, [{ stages: ["m.login.password"] }]);
  await alice.client.deleteDevice(laptop.saved.device_id, proof(asked.session));
  assert.deepEqual((await alice.client.getDevices()).devices.map((device) => device.device_id), [alice.saved.device_id]);
  await alice.client.setPassword(proof(), "another password of many words");
  await assert.rejects(Person.logsIn(address, "alice"), { errcode: "M_FORBIDDEN", httpStatus: 403 });
}

/** Joins whatever it is invited to and says back what it hears, until it hears "goodbye". */
export async function echo(address) {
  const echo = await Person.signsUp(address, "echo");
  let isOver = false;
  echo.client.on(sdk.RoomMemberEvent.Membership, (_, member) => {
    if (member.userId === echo.userId && member.membership === "invite") void echo.client.joinRoom(member.roomId);
  });
  echo.client.on(sdk.RoomEvent.Timeline, async (event, room, toStart, removed, { liveEvent }) => {
    if (!liveEvent || event.getType() !== "m.room.message" || event.getSender() === echo.userId) return;
    await echo.says(room.roomId, event.getContent().body);
    if (event.getContent().body === "goodbye") isOver = true;
  });
  await echo.starts();
  console.log(echo.userId);
  await echo.until(() => isOver);
}
