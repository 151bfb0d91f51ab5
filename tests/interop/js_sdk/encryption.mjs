// What somebody does with matrix-js-sdk to keep a chat secret. Each is run by itself on a fresh server.
import assert from "node:assert/strict";
import { Person, PASSWORD } from "./person.mjs";
import { cryptoApi, sdk } from "./sdk.mjs";

const ENCRYPTION = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };
const SAS = "m.sas.v1";

/** What an app remembers for its person: the key of the secret storage. */
class Recovery {
  key = null;

  get callbacks() {
    return {
      getSecretStorageKey: async ({ keys }) => (this.key === null ? null : [Object.keys(keys)[0], this.key]),
      cacheSecretStorageKey: (_keyId, _info, key) => {
        this.key = key;
      },
    };
  }
}

/** Its keys are published and it syncs. */
async function begins(person) {
  await person.client.initRustCrypto({ useIndexedDB: false });
  await person.starts();
  return person;
}

async function signsUp(address, name, recovery = new Recovery()) {
  return begins(await Person.signsUp(address, name, { cryptoCallbacks: recovery.callbacks }));
}

async function logsIn(address, name, recovery = new Recovery()) {
  return begins(await Person.logsIn(address, name, { cryptoCallbacks: recovery.callbacks }));
}

/** Uploads, once more with a password if the server asks for one. */
async function proves(person, upload) {
  try {
    await upload(null);
  } catch (error) {
    if (error.httpStatus !== 401) throw error;
    const identifier = { type: "m.id.user", user: person.userId };
    await upload({ type: "m.login.password", identifier, password: PASSWORD, session: error.data.session });
  }
}

async function setsUpCrossSigning(person) {
  const authUploadDeviceSigningKeys = (upload) => proves(person, upload);
  await person.client.getCrypto().bootstrapCrossSigning({ authUploadDeviceSigningKeys });
}

/** Cross-signing, its secrets on the server, and a backup of the keys of messages. */
async function setsUpRecovery(person) {
  const crypto = person.client.getCrypto();
  await setsUpCrossSigning(person);
  const createSecretStorageKey = () => crypto.createRecoveryKeyFromPassphrase();
  await crypto.bootstrapSecretStorage({ createSecretStorageKey, setupNewKeyBackup: true });
}

/** A new device takes the secrets from the server, and is trusted. */
async function recovers(person) {
  const crypto = person.client.getCrypto();
  assert.equal(await crypto.userHasCrossSigningKeys(person.userId, true), true);
  await crypto.bootstrapCrossSigning({});
}

/** The two in a room of the first one's, whose messages are encrypted. */
async function together(first, second) {
  const asked = { invite: [second.userId], preset: sdk.Preset.PrivateChat, initial_state: [ENCRYPTION] };
  const { room_id: roomId } = await first.client.createRoom({ ...asked, is_direct: true });
  await second.until(() => second.room(roomId)?.getMyMembership() === "invite");
  await second.client.joinRoom(roomId);
  await second.until(() => second.room(roomId)?.hasEncryptionStateEvent());
  await first.until(() => first.room(roomId)?.getJoinedMemberCount() === 2);
  return roomId;
}

async function hears(person, roomId, text) {
  await person.until(() => person.room(roomId) && person.texts(roomId).includes(text));
}

/** The question that `asker` puts, as it reaches `asked`. */
function asksToVerify(asked, ask) {
  const reached = new Promise((resolve) =>
    asked.client.once(cryptoApi.CryptoEvent.VerificationRequestReceived, resolve),
  );
  return Promise.all([ask(), reached]);
}

async function phase(request, wanted) {
  while (request.phase !== wanted) {
    assert.notEqual(request.phase, cryptoApi.VerificationPhase.Cancelled, request.cancellationCode);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Both see the same emoji, and say so. */
async function comparesEmoji([ours, theirs]) {
  const { Ready, Started, Done } = cryptoApi.VerificationPhase;
  await theirs.accept();
  await phase(ours, Ready);
  const shown = [];
  const compare = (verifier) => {
    verifier.on(cryptoApi.VerifierEvent.ShowSas, (sas) => {
      shown.push(sas.sas.emoji.map(([emoji]) => emoji).join(" "));
      void sas.confirm();
    });
    return verifier.verify();
  };
  const first = compare(await ours.startVerification(SAS));
  await phase(theirs, Started);
  await Promise.all([first, compare(theirs.verifier)]);
  await Promise.all([phase(ours, Done), phase(theirs, Done)]);
  assert.equal(shown.length, 2);
  assert.equal(shown[0], shown[1]);
}

async function until(happened) {
  const end = Date.now() + 20_000;
  while (!(await happened())) {
    if (Date.now() > end) throw new Error(`did not happen: ${happened}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const trusts = async (person, other, deviceId = other.saved.device_id) =>
  (await person.client.getCrypto().getDeviceVerificationStatus(other.userId, deviceId))?.crossSigningVerified;

export async function people_and_their_devices_verify_each_other_by_emoji(address) {
  const [alice, bob] = [await signsUp(address, "alice"), await signsUp(address, "bob")];
  await setsUpCrossSigning(alice);
  await setsUpCrossSigning(bob);
  const [tablet, laptop] = [await logsIn(address, "alice"), await logsIn(address, "bob")];
  await comparesEmoji(await asksToVerify(alice, () => tablet.client.getCrypto().requestOwnUserVerification()));
  await comparesEmoji(await asksToVerify(bob, () => laptop.client.getCrypto().requestOwnUserVerification()));
  await until(() => trusts(alice, tablet));
  await until(() => trusts(bob, laptop));
  const roomId = await together(alice, bob);
  await comparesEmoji(await asksToVerify(bob, () => alice.client.getCrypto().requestVerificationDM(bob.userId, roomId)));
  for (const device of [bob, laptop]) await until(() => trusts(alice, device));
  for (const device of [alice, tablet]) await until(() => trusts(bob, device));
  const known = await alice.client.getCrypto().getUserVerificationStatus(bob.userId);
  assert.equal(known.isCrossSigningVerified(), true);
  await until(async () => (await tablet.client.getCrypto().getUserVerificationStatus(bob.userId)).isCrossSigningVerified());
}

export async function every_device_of_both_reads_what_is_written(address) {
  const [alice, bob] = [await signsUp(address, "alice"), await signsUp(address, "bob")];
  const [tablet, laptop] = [await logsIn(address, "alice"), await logsIn(address, "bob")];
  const roomId = await together(alice, bob);
  await laptop.until(() => laptop.room(roomId)?.getMyMembership() === "join");
  const said = [];
  for (const device of [alice, laptop, tablet, bob]) {
    said.push(`from ${device.saved.device_id}`);
    await device.says(roomId, said.at(-1));
    for (const other of [alice, bob, tablet, laptop]) await hears(other, roomId, said.at(-1));
  }
  const fetched = await bob.client.fetchRoomEvent(roomId, bob.room(roomId).getLiveTimeline().getEvents().at(-1).getId());
  assert.equal(fetched.type, "m.room.encrypted");
}

export async function a_device_that_was_away_gets_its_keys_when_it_is_back(address) {
  const [alice, bob] = [await signsUp(address, "alice"), await signsUp(address, "bob")];
  const roomId = await together(alice, bob);
  await alice.says(roomId, "before");
  await hears(bob, roomId, "before");
  bob.goesAway();
  for (const text of ["while", "you", "were", "away"]) {
    await alice.client.getCrypto().forceDiscardSession(roomId);
    await alice.says(roomId, text);
  }
  bob.isBack();
  for (const text of ["while", "you", "were", "away"]) await hears(bob, roomId, text);
}

export async function whoever_has_signed_out_gets_no_more_keys(address) {
  const [alice, bob] = [await signsUp(address, "alice"), await signsUp(address, "bob")];
  const laptop = await logsIn(address, "bob");
  const roomId = await together(alice, bob);
  await laptop.until(() => laptop.room(roomId)?.getMyMembership() === "join");
  await alice.says(roomId, "to both");
  await hears(laptop, roomId, "to both");
  const devices = async () => [...(await alice.client.getCrypto().getUserDeviceInfo([bob.userId])).get(bob.userId).keys()];
  assert.equal((await devices()).length, 2);
  laptop.stops();
  await laptop.client.logout();
  await until(async () => (await devices()).length === 1);
  await alice.says(roomId, "to one");
  await hears(bob, roomId, "to one");
}

export async function a_new_device_restores_what_was_written_before_it(address) {
  const recovery = new Recovery();
  const [alice, bob] = [await signsUp(address, "alice", recovery), await signsUp(address, "bob")];
  await setsUpRecovery(alice);
  const roomId = await together(bob, alice);
  for (const text of ["under", "the", "seventh", "stone"]) {
    await bob.client.getCrypto().forceDiscardSession(roomId);
    await bob.says(roomId, text);
    await hears(alice, roomId, text);
  }
  const kept = () => alice.client.http.authedRequest("GET", "/room_keys/version");
  await until(async () => (await kept()).count === 4);
  alice.stops();
  await alice.client.logout();
  const phone = await logsIn(address, "alice", recovery);
  const crypto = phone.client.getCrypto();
  await recovers(phone);
  await crypto.loadSessionBackupPrivateKeyFromSecretStorage();
  assert.equal((await crypto.restoreKeyBackup()).imported, 4);
  for (const text of ["under", "the", "seventh", "stone"]) await hears(phone, roomId, text);
  assert.equal(await crypto.isCrossSigningReady(), true);
  await until(() => trusts(phone, phone));
}

export async function a_device_asleep_on_the_server_keeps_the_keys(address) {
  const recovery = new Recovery();
  const [alice, bob] = [await signsUp(address, "alice", recovery), await signsUp(address, "bob")];
  await setsUpRecovery(alice);
  assert.equal(await alice.client.getCrypto().isDehydrationSupported(), true);
  await alice.client.getCrypto().startDehydration();
  const roomId = await together(bob, alice);
  alice.stops();
  await alice.client.logout();
  await bob.says(roomId, "while nobody was there");
  const phone = await logsIn(address, "alice", recovery);
  await recovers(phone);
  await phone.client.getCrypto().startDehydration();
  await hears(phone, roomId, "while nobody was there");
}
