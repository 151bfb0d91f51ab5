// Somebody who talks in encrypted rooms, told what to do by lines of JSON: node talker.mjs ADDRESS NAME classic|sliding
// Each line is [verb, ...arguments]; the answer is {"result": …} or {"error": …}, a line as well.
import { createInterface } from "node:readline";
import { Person } from "./person.mjs";
import { sdk, slidingSync } from "./sdk.mjs";

const [address, name, sync] = process.argv.slice(2);
let person;

const verbs = {
  async signsUp() {
    person = await Person.signsUp(address, name);
    await person.client.initRustCrypto({ useIndexedDB: false });
    await person.starts(sync === "sliding" ? { slidingSync: slidingSync(person.client) } : {});
    return person.userId;
  },

  async createsRoom(invited) {
    const encryption = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };
    const asked = { invite: [invited], preset: sdk.Preset.PrivateChat, initial_state: [encryption] };
    return (await person.client.createRoom(asked)).room_id;
  },

  async joins(roomId) {
    await person.until(() => person.room(roomId)?.getMyMembership() === "invite");
    await person.client.joinRoom(roomId);
    await person.until(() => person.room(roomId)?.getMyMembership() === "join");
    await person.until(() => person.room(roomId).hasEncryptionStateEvent());
  },

  async knows(roomId, userId) {
    await person.until(() => person.room(roomId)?.getMember(userId)?.membership === "join");
  },

  async says(roomId, text) {
    return person.says(roomId, text);
  },

  async hears(roomId, text) {
    await person.until(() => person.texts(roomId).includes(text));
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, ...given] = JSON.parse(line);
  let told;
  try {
    told = { result: (await verbs[verb](...given)) ?? null };
  } catch (error) {
    told = { error: `${verb}: ${error.stack ?? error}` };
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
process.exit(0);
