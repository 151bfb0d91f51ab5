// Somebody who uses the server through matrix-js-sdk.
import { sdk } from "./sdk.mjs";

export const PASSWORD = "a password of many words";
const NEWS_WITHIN_MS = 20_000;

export class Person {
  #away = new AbortController();

  constructor(address, session = {}) {
    this.address = address;
    const fetchFn = (...asked) => this.#fetch(...asked);
    this.client = sdk.createClient({ baseUrl: address, timelineSupport: true, fetchFn, ...session });
    this.userId = session.userId;
  }

  /** A new account, signed in on its first device. */
  static async signsUp(address, name, options = {}) {
    const made = await new Person(address).client.registerRequest({
      username: name,
      password: PASSWORD,
      auth: { type: "m.login.dummy" },
    });
    return Person.withToken(address, made, options);
  }

  /** An existing account on a new device. */
  static async logsIn(address, name, options = {}) {
    const identifier = { type: "m.id.user", user: name };
    const asked = { type: "m.login.password", identifier, password: PASSWORD };
    return Person.withToken(address, await new Person(address).client.loginRequest(asked), options);
  }

  static withToken(address, { user_id: userId, device_id: deviceId, access_token: accessToken }, options = {}) {
    return new Person(address, { userId, deviceId, accessToken, ...options });
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

  /** Nothing reaches the server any more, nor comes from it. */
  goesAway() {
    this.#away.abort();
  }

  isBack() {
    this.#away = new AbortController();
    this.client.retryImmediately();
  }

  async #fetch(url, options = {}) {
    const signals = [this.#away.signal, options.signal].filter((signal) => signal);
    return fetch(url, { ...options, signal: AbortSignal.any(signals) });
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
