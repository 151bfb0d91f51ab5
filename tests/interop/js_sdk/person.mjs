// Somebody who uses the server through matrix-js-sdk.
import { sdk } from "./sdk.mjs";

export const PASSWORD = "a password of many words";
const NEWS_WITHIN_MS = 20_000;

export class Person {
  constructor(address, session = {}) {
    this.address = address;
    this.client = sdk.createClient({ baseUrl: address, timelineSupport: true, ...session });
    this.userId = session.userId;
  }

  /** A new account, signed in on its first device. */
  static async signsUp(address, name) {
    const made = await new Person(address).client.registerRequest({
      username: name,
      password: PASSWORD,
      auth: { type: "m.login.dummy" },
    });
    return Person.withToken(address, made);
  }

  /** An existing account on a new device. */
  static async logsIn(address, name) {
    const identifier = { type: "m.id.user", user: name };
    const asked = { type: "m.login.password", identifier, password: PASSWORD };
    return Person.withToken(address, await new Person(address).client.loginRequest(asked));
  }

  static withToken(address, { user_id: userId, device_id: deviceId, access_token: accessToken }) {
    return new Person(address, { userId, deviceId, accessToken });
  }

  /** The session as an app would save it. */
  get saved() {
    const { client } = this;
    return { user_id: client.getUserId(), device_id: client.getDeviceId(), access_token: client.getAccessToken() };
  }

  /** Syncs until `stops`; the first sync has been told. */
  async starts(options = {}) {
    const usual = { initialSyncLimit: 5, lazyLoadMembers: true, pendingEventOrdering: "detached" };
    await this.client.startClient({ ...usual, ...options });
    await this.until(() => this.client.isInitialSyncComplete());
  }

  stops() {
    this.client.stopClient();
  }

  room(roomId) {
    return this.client.getRoom(roomId);
  }

  /** What the messages of the live timeline say. */
  texts(roomId) {
    const events = this.room(roomId)?.getLiveTimeline().getEvents() ?? [];
    const said = events.filter((event) => event.getType() === "m.room.message" && !event.isRedacted());
    return said.map((event) => event.getContent().body);
  }

  async says(roomId, text) {
    return (await this.client.sendTextMessage(roomId, text)).event_id;
  }

  /** What the syncs told makes this true. */
  async until(happened) {
    const end = Date.now() + NEWS_WITHIN_MS;
    while (!happened()) {
      if (Date.now() > end) throw new Error(`did not happen: ${happened}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
