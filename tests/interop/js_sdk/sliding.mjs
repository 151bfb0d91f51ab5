// What somebody does with matrix-js-sdk over a sliding sync. Each is run by itself on a fresh server.
import assert from "node:assert/strict";
import { Person } from "./person.mjs";
import { sdk, slidingSync } from "./sdk.mjs";

/** A new device of an existing account that looks through a window of its rooms. */
async function looksThrough(address, name, windowEnd) {
  const person = await Person.logsIn(address, name);
  const sliding = slidingSync(person.client, windowEnd);
  await person.starts({ slidingSync: sliding, threadSupport: true });
  return { person, sliding };
}

/** Alice, who syncs in the classic way, and rooms of hers with Bob in them, the oldest first. */
async function aliceAndBobIn(address, count) {
  const [alice, bob] = [await Person.signsUp(address, "alice"), await Person.signsUp(address, "bob")];
  await alice.starts();
  const roomIds = [];
  for (let number = 0; number < count; number++) {
    const asked = { name: `Room ${number}`, invite: [bob.userId], preset: sdk.Preset.PrivateChat };
    const { room_id: roomId } = await alice.client.createRoom(asked);
    await bob.client.joinRoom(roomId);
    await alice.says(roomId, `hello ${number}`);
    roomIds.push(roomId);
  }
  return { alice, bob, roomIds };
}

export async function a_window_shows_the_rooms_of_late_and_grows(address) {
  const { alice, roomIds } = await aliceAndBobIn(address, 4);
  const { person: bob, sliding } = await looksThrough(address, "bob", 1);
  await bob.until(() => bob.client.getRooms().length === 2);
  assert.deepEqual(new Set(bob.client.getRooms().map((room) => room.roomId)), new Set(roomIds.slice(2)));
  assert.equal(sliding.getListData("all").joinedCount, 4);
  const room = bob.room(roomIds[3]);
  assert.equal(room.name, "Room 3");
  assert.equal(room.getMyMembership(), "join");
  assert.equal(room.getJoinedMemberCount(), 2);
  assert.deepEqual(bob.texts(roomIds[3]), ["hello 3"]);
  await alice.says(roomIds[0], "I am first now");
  await bob.until(() => bob.room(roomIds[0]) !== null);
  assert.ok(bob.texts(roomIds[0]).includes("I am first now"));
  sliding.setListRanges("all", [[0, 9]]);
  await bob.until(() => bob.client.getRooms().length === 4);
}

export async function a_message_arrives_live_and_is_answered(address) {
  const { alice, roomIds } = await aliceAndBobIn(address, 1);
  const { person: bob } = await looksThrough(address, "bob");
  await bob.until(() => bob.texts(roomIds[0]).length === 1);
  const live = [];
  bob.client.on(sdk.RoomEvent.Timeline, (event, room, toStart, removed, { liveEvent }) => {
    if (liveEvent && event.getType() === "m.room.message") live.push(event.getContent().body);
  });
  await alice.says(roomIds[0], "are you there?");
  await bob.until(() => live.includes("are you there?"));
  await bob.says(roomIds[0], "I am");
  await bob.until(() => bob.texts(roomIds[0]).includes("I am"));
  await alice.until(() => alice.texts(roomIds[0]).includes("I am"));
  assert.deepEqual(bob.texts(roomIds[0]), ["hello 0", "are you there?", "I am"]);
  assert.equal(bob.room(roomIds[0]).getPendingEvents().length, 0);
}

export async function an_invitation_is_seen_and_taken(address) {
  const [alice] = [await Person.signsUp(address, "alice"), await Person.signsUp(address, "bob")];
  const { person: bob } = await looksThrough(address, "bob");
  const asked = { name: "Walk", invite: ["@bob:localhost"], preset: sdk.Preset.PrivateChat };
  const { room_id: roomId } = await alice.client.createRoom(asked);
  await bob.until(() => bob.room(roomId)?.name === "Walk");
  assert.equal(bob.room(roomId).getMember("@bob:localhost").membership, "invite");
  await bob.client.joinRoom(roomId);
  await bob.until(() => bob.room(roomId).getMyMembership() === "join");
  await alice.says(roomId, "welcome");
  await bob.until(() => bob.texts(roomId).includes("welcome"));
}

export async function what_is_beside_the_rooms_arrives_too(address) {
  const { alice, roomIds } = await aliceAndBobIn(address, 1);
  const { person: bob } = await looksThrough(address, "bob");
  const [roomId] = roomIds;
  await bob.until(() => bob.texts(roomId).length === 1);
  const handed = [];
  bob.client.on(sdk.ClientEvent.ToDeviceEvent, (event) => handed.push(event.getContent().number));
  for (const number of [1, 2, 3]) {
    const batch = [{ userId: bob.userId, deviceId: bob.saved.device_id, payload: { number } }];
    await alice.client.queueToDevice({ eventType: "it.test", batch });
  }
  await bob.until(() => handed.length === 3);
  assert.deepEqual(handed, [1, 2, 3]);
  await alice.client.sendTyping(roomId, true, 20_000);
  await bob.until(() => bob.room(roomId).getMember(alice.userId).typing);
  await bob.client.setAccountData("it.test", { kept: true });
  await bob.until(() => bob.client.getAccountData("it.test")?.getContent().kept);
  const said = await bob.says(roomId, "read this");
  await alice.until(() => alice.texts(roomId).includes("read this"));
  await alice.client.sendReadReceipt(alice.room(roomId).findEventById(said));
  await bob.until(() => bob.room(roomId).getEventReadUpTo(alice.userId) === said);
  assert.ok(bob.client.pushRules.global.override.some((rule) => rule.rule_id === ".m.rule.master"));
}
