import { path, request, type Transport } from "./request.ts";
import type { Content, MessagesAnswer, Profile, WireEvent } from "./wire.ts";

/** What a signed-in person's app asks of the server, beside syncing. The transport adds the token. */
export class AccountApi {
  readonly #transport: Transport;
  readonly #userId: string;

  constructor(transport: Transport, userId: string) {
    this.#transport = transport;
    this.#userId = userId;
  }

  /** The same `transactionId` sent twice is one message. Spec: client-server, Sending events to a room. */
  async send(roomId: string, type: string, transactionId: string, content: Content): Promise<string> {
    const call = path("rooms", roomId, "send", type, transactionId);
    const { event_id } = await request<{ event_id: string }>(this.#transport, {
      method: "PUT",
      path: call,
      body: content,
    });
    return event_id;
  }

  /** Older events first come first: the chunk runs backwards from `from`. */
  messagesBefore(roomId: string, from: string, limit: number): Promise<MessagesAnswer> {
    const query = { dir: "b", from, limit: String(limit), filter: JSON.stringify({ lazy_load_members: true }) };
    return request(this.#transport, { method: "GET", path: path("rooms", roomId, "messages"), query });
  }

  async members(roomId: string): Promise<readonly WireEvent[]> {
    const call = { method: "GET", path: path("rooms", roomId, "members") } as const;
    const { chunk } = await request<{ chunk: readonly WireEvent[] }>(this.#transport, call);
    return chunk;
  }

  event(roomId: string, eventId: string): Promise<WireEvent> {
    return request(this.#transport, { method: "GET", path: path("rooms", roomId, "event", eventId) });
  }

  async createRoom(options: object): Promise<string> {
    const call = { method: "POST", path: path("createRoom"), body: options } as const;
    const { room_id } = await request<{ room_id: string }>(this.#transport, call);
    return room_id;
  }

  async join(roomId: string): Promise<void> {
    await this.#do("POST", path("join", roomId), {});
  }

  async leave(roomId: string): Promise<void> {
    await this.#do("POST", path("rooms", roomId, "leave"), {});
  }

  async forget(roomId: string): Promise<void> {
    await this.#do("POST", path("rooms", roomId, "forget"), {});
  }

  profile(userId: string): Promise<Profile> {
    return request(this.#transport, { method: "GET", path: path("profile", userId) });
  }

  async setDisplayName(name: string): Promise<void> {
    await this.#do("PUT", path("profile", this.#userId, "displayname"), { displayname: name });
  }

  /** Marks all up to `eventId` as read, for the person's other devices and for the others. */
  async setRead(roomId: string, eventId: string): Promise<void> {
    await this.#do("POST", path("rooms", roomId, "read_markers"), { "m.fully_read": eventId, "m.read": eventId });
  }

  async setTyping(roomId: string, typing: boolean, timeoutMs: number): Promise<void> {
    const body = typing ? { typing, timeout: timeoutMs } : { typing };
    await this.#do("PUT", path("rooms", roomId, "typing", this.#userId), body);
  }

  async setAccountData(type: string, content: Content): Promise<void> {
    await this.#do("PUT", path("user", this.#userId, "account_data", type), content);
  }

  async logOut(): Promise<void> {
    await this.#do("POST", path("logout"), {});
  }

  async #do(method: "POST" | "PUT", call: string, body: object): Promise<void> {
    await request<object>(this.#transport, { method, path: call, body });
  }
}
