import "../fake/node.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ANNA, BRUNO, CHAT, member, message, room, state } from "../fake/builders.ts";
import { eventually } from "../fake/eventually.ts";
import { FakeHomeserver } from "../fake/homeserver.ts";
import { FakePlatform, fakeLocks } from "../fake/platform.ts";
import { refusal } from "../fake/server.ts";
import type { ChatViewModel, MessageRow } from "./chat.types.ts";
import type { ChatListViewModel } from "./chat-list.types.ts";
import type { ViewModel } from "./common.types.ts";
import { createStart } from "./start.ts";
import type { Chats, StartViewModel } from "./start.types.ts";

let server: FakeHomeserver;
let platform: FakePlatform;
let toDispose: ViewModel<unknown>[];

beforeEach(() => {
  // The SDK tells of push rules it would rather have, and of a network that a test took away.
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(console, "log").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
  server = new FakeHomeserver();
  platform = new FakePlatform(server.fetch);
  toDispose = [];
});

afterEach(() => {
  vi.restoreAllMocks();
  for (const model of toDispose.reverse()) {
    model.dispose();
  }
});

function start(): StartViewModel {
  const model = createStart(platform, { setupCode: "code" });
  toDispose.push(model);
  return model;
}

async function screen(model: StartViewModel, name: string): Promise<void> {
  await eventually(() => {
    platform.clock.advance(0);
    expect(model.snapshot.value.screen).toBe(name);
  });
}

async function signedIn(): Promise<{ model: StartViewModel; chats: Chats }> {
  const model = start();
  await screen(model, "sign-in");
  await model.signIn().signIn("Anna ", "giusta");
  return { model, chats: await chatsOf(model) };
}

async function chatsOf(model: StartViewModel): Promise<Chats> {
  await screen(model, "chats");
  const { value } = model.snapshot;
  if (value.screen !== "chats") {
    throw new Error("not signed in");
  }
  return value.chats;
}

function list(chats: Chats): ChatListViewModel {
  const model = chats.chatList();
  toDispose.push(model);
  return model;
}

function open(chats: Chats, chatId = CHAT): ChatViewModel {
  const model = chats.chat(chatId);
  toDispose.push(model);
  return model;
}

const messages = (model: ChatViewModel): MessageRow[] =>
  model.snapshot.value.rows.filter((row): row is MessageRow => row.kind === "message");

const texts = (model: ChatViewModel): string[] =>
  messages(model).map(({ body }) => (body.kind === "deleted" ? "deleted" : body.text));

function aChat(): object {
  const people = [member(ANNA, "join"), member(BRUNO, "join")];
  const timeline = [state("m.room.create", BRUNO, {}), message(BRUNO, "ciao Anna")];
  return room({ timeline, state: people, heroes: [BRUNO], joined: 2, invited: 0, unread: 1 });
}

describe("signing in", () => {
  test("a wrong password is said to be that", async () => {
    const model = start();
    await screen(model, "sign-in");
    const signIn = model.signIn();
    await signIn.signIn("anna", "sbagliata");

    expect(signIn.snapshot.value).toMatchObject({ busy: false, problem: { kind: "wrong-password" } });
    expect(model.snapshot.value.screen).toBe("sign-in");
  });

  test("a server without an account asks to be set up", async () => {
    server.on("GET", "/_sottovoce/v1/server", () => ({ name: null, setup_needed: true, registration: "closed" }));
    server.on("POST", "/_sottovoce/v1/setup", ({ body }) =>
      body["code"] === "code"
        ? { user_id: ANNA, device_id: "D1", access_token: "token", server_name: body["server_name"] }
        : refusal(403, "M_FORBIDDEN"),
    );
    const model = start();
    await screen(model, "setup");
    await model.setup().setUp({ serverName: "example.org", username: "anna", password: "x", displayName: "" });

    await chatsOf(model);
  });

  test("without an answer the app says so, and goes on by itself when the network is back", async () => {
    platform.network.online.set(false);
    const model = start();
    await screen(model, "unreachable");
    platform.network.online.set(true);

    await screen(model, "sign-in");
  });

  test("another Matrix server, which knows nothing of ours, can be signed in to", async () => {
    server.on("GET", "/_sottovoce/v1/server", () => refusal(404, "M_UNRECOGNIZED"));
    await signedIn();
  });
});

describe("live", () => {
  test("a chat arrives, is opened, written to, and the message goes from sending to sent to read", async () => {
    server.give({ join: { [CHAT]: aChat() } });
    const { chats } = await signedIn();
    const chatList = list(chats);
    await eventually(() => expect(chatList.snapshot.value.chats).toHaveLength(1));
    expect(chatList.snapshot.value).toMatchObject({ connection: "live", unreadTotal: 1, firstLoad: false });
    expect(chatList.snapshot.value.chats[0]).toMatchObject({
      title: { kind: "people", names: ["Bruno"], others: 0 },
      group: false,
      preview: { kind: "message", text: "ciao Anna", own: false },
    });

    const chat = open(chats);
    await eventually(() => expect(texts(chat)).toEqual(["ciao Anna"]));
    const statuses: (string | null)[] = [];
    chat.snapshot.subscribe(() => {
      const status = messages(chat)[1]?.status ?? null;
      if (status !== statuses.at(-1)) {
        statuses.push(status);
      }
    });
    chat.send(" ciao Bruno ");
    await eventually(() => expect(messages(chat)[1]?.messageId).toBeTruthy());
    const sent = messages(chat)[1];
    server.give({ join: { [CHAT]: room({ receipts: { [BRUNO]: sent?.messageId ?? "" } }) } });
    await eventually(() => expect(messages(chat)[1]?.status).toBe("read"));

    expect(statuses).toEqual([null, "sending", "sent", "read"]);
    expect(texts(chat)).toEqual(["ciao Anna", "ciao Bruno"]);
  });

  test("a message keeps its row key from writing to arrival", async () => {
    server.give({ join: { [CHAT]: aChat() } });
    const { chats } = await signedIn();
    const chat = open(chats);
    await eventually(() => expect(texts(chat)).toHaveLength(1));
    const keys = new Set<string>();
    chat.snapshot.subscribe(() => {
      const row = messages(chat)[1];
      if (row !== undefined) {
        keys.add(row.key);
      }
    });
    chat.send("ciao");
    await eventually(() => expect(messages(chat)[1]?.messageId).toBeTruthy());

    expect(keys.size).toBe(1);
  });

  test("the same chats are there at the next start without the network, and a message written then leaves later", async () => {
    server.give({ join: { [CHAT]: aChat() } });
    const first = await signedIn();
    const firstList = list(first.chats);
    await eventually(() => expect(firstList.snapshot.value.chats).toHaveLength(1));
    firstList.dispose();
    first.model.dispose();

    platform.network.online.set(false);
    const chats = await chatsOf(start());
    const again = list(chats);
    await eventually(() => expect(again.snapshot.value.connection).toBe("offline"));
    expect(again.snapshot.value.chats).toHaveLength(1);
    const chat = open(chats);
    await eventually(() => expect(texts(chat)).toEqual(["ciao Anna"]));
    chat.send("da offline");
    await eventually(() => expect(messages(chat)[1]?.status).toBe("waiting"));
    expect(server.askedFor("/send/")).toEqual([]);

    platform.network.online.set(true);
    await eventually(() => expect(server.askedFor("/send/")).toHaveLength(1));
  });

  test("who is writing is shown by name, in the chat and in the list", async () => {
    server.give({ join: { [CHAT]: aChat() } });
    const { chats } = await signedIn();
    const [chatList, chat] = [list(chats), open(chats)];
    server.give({ join: { [CHAT]: room({ typing: [BRUNO, ANNA] }) } });

    await eventually(() => expect(chat.snapshot.value.header.typing).toEqual(["Bruno"]));
    expect(chatList.snapshot.value.chats[0]?.typing).toEqual(["Bruno"]);
  });

  test("what cannot be written to the database stops the sync and is said", async () => {
    server.give({ join: { [CHAT]: aChat() } });
    const { chats } = await signedIn();
    const chatList = list(chats);
    await eventually(() => expect(chatList.snapshot.value.chats).toHaveLength(1));
    const put = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("disk full", "QuotaExceededError");
    });
    server.give({ join: { [CHAT]: room({ timeline: [message(BRUNO, "perso?")] }) } });
    await eventually(() => expect(chatList.snapshot.value.connection).toBe("stopped"));
    put.mockRestore();
    const asked = server.askedFor("/sync").length;
    server.give({ join: {} });
    await new Promise((resolve) => setTimeout(resolve, 50));

    expect(server.askedFor("/sync")).toHaveLength(asked);
  });
});

describe("invitations", () => {
  function invite(): void {
    const invitation = member(ANNA, "invite", { sender: BRUNO });
    const direct = { ...invitation, content: { ...invitation.content, is_direct: true } };
    server.give({ invite: { [CHAT]: { invite_state: { events: [direct, member(BRUNO, "join")] } } } });
  }

  test("one to a one-to-one chat is accepted, and the chat filed under the person", async () => {
    server.on("POST", "/join/:id", () => ({ room_id: CHAT }));
    server.on("PUT", "/user/:id/account_data/m.direct", () => ({}));
    invite();
    const { chats } = await signedIn();
    const chatList = list(chats);
    await eventually(() => expect(chatList.snapshot.value.invites).toHaveLength(1));
    expect(chatList.snapshot.value.invites[0]).toMatchObject({ inviter: { name: "Bruno" }, group: false });
    expect(chatList.snapshot.value.chats).toEqual([]);

    expect(await chatList.accept(CHAT)).toBe(true);
    await eventually(() => expect(chatList.snapshot.value.chats).toHaveLength(1));
    expect(chatList.snapshot.value.invites).toEqual([]);
    expect(server.askedFor("/m.direct")[0]?.body).toEqual({ [BRUNO]: [CHAT] });
  });

  test("one that is refused disappears; one that could not be refused says why and stays", async () => {
    server.on("POST", "/rooms/:id/leave", () => refusal(403, "M_FORBIDDEN"));
    invite();
    const { chats } = await signedIn();
    const chatList = list(chats);
    await eventually(() => expect(chatList.snapshot.value.invites).toHaveLength(1));
    await chatList.decline(CHAT);
    await eventually(() =>
      expect(chatList.snapshot.value.invites[0]).toMatchObject({ answering: false, problem: { kind: "not-allowed" } }),
    );

    server.on("POST", "/rooms/:id/leave", () => ({}));
    server.on("POST", "/rooms/:id/forget", () => ({}));
    await chatList.decline(CHAT);
    await eventually(() => expect(chatList.snapshot.value.invites).toEqual([]));
  });
});

describe("finding people", () => {
  test("known ones at once, whatever the accents; strangers by their exact name, a moment after the last key", async () => {
    server.on("GET", "/profile/:id", (_, [userId = ""]) =>
      userId === "@carla:example.org" ? { displayname: "Carla" } : refusal(404, "M_NOT_FOUND"),
    );
    server.give({ join: { [CHAT]: aChat() } });
    const { chats } = await signedIn();
    const chatList = list(chats);
    await eventually(() => expect(chatList.snapshot.value.chats).toHaveLength(1));
    const search = chats.newChat();
    toDispose.push(search);
    search.find("brùn");
    expect(search.snapshot.value.known).toMatchObject([{ name: "Bruno", chatId: CHAT }]);

    const before = server.askedFor("/profile/").length;
    for (const text of ["c", "ca", "Carla"]) {
      search.find(text);
    }
    platform.clock.advance(1000);
    await eventually(() =>
      expect(search.snapshot.value.found).toMatchObject({ kind: "found", person: { name: "Carla" } }),
    );
    expect(server.askedFor("/profile/")).toHaveLength(before + 1);

    search.find("nessuno");
    platform.clock.advance(1000);
    await eventually(() => expect(search.snapshot.value.found.kind).toBe("nobody"));
    search.find("anna");
    platform.clock.advance(1000);
    await eventually(() => expect(search.snapshot.value.found.kind).toBe("yourself"));
  });

  test("a new chat is made once and filed under the person", async () => {
    server.on("POST", "/createRoom", () => ({ room_id: CHAT }));
    server.on("PUT", "/user/:id/account_data/m.direct", () => ({}));
    const { chats } = await signedIn();
    const search = chats.newChat();
    toDispose.push(search);
    const opened = await Promise.all([search.open(BRUNO), search.open(BRUNO)]);

    expect(opened).toEqual([CHAT, null]);
    expect(server.askedFor("/createRoom").map(({ body }) => body)).toEqual([
      { is_direct: true, invite: [BRUNO], preset: "trusted_private_chat" },
    ]);
  });
});

describe("reading", () => {
  test("the chat seen to its end is told to be read once, with the newest message, and is unread no more", async () => {
    server.give({ join: { [CHAT]: aChat() } });
    const { chats } = await signedIn();
    const [chatList, chat] = [list(chats), open(chats)];
    await eventually(() => expect(texts(chat)).toHaveLength(1));
    expect(chat.snapshot.value.rows.map(({ kind }) => kind)).toEqual(["day", "notice", "message"]);
    chat.markRead();
    chat.markRead();
    platform.clock.advance(1000);

    await eventually(() => expect(chatList.snapshot.value.chats[0]?.unreadCount).toBe(0));
    const asked = server.askedFor("/read_markers");
    expect(asked).toHaveLength(1);
    expect(asked[0]?.body["m.read"]).toBe(messages(chat)[0]?.messageId);
    chat.markRead();
    platform.clock.advance(1000);
    expect(server.askedFor("/read_markers")).toHaveLength(1);
  });
});

describe("writing", () => {
  test("a draft survives leaving the chat, and is gone when sent", async () => {
    server.give({ join: { [CHAT]: aChat() } });
    const { chats } = await signedIn();
    const chat = open(chats);
    await eventually(() => expect(texts(chat)).toHaveLength(1));
    chat.typing("a metà");
    chat.dispose();
    const chatList = list(chats);
    await eventually(() =>
      expect(chatList.snapshot.value.chats[0]?.preview).toEqual({ kind: "draft", text: "a metà" }),
    );

    const again = open(chats);
    expect(again.snapshot.value.composer.draft).toBe("a metà");
    again.send("a metà, no: tutta");
    await eventually(() => expect(again.snapshot.value.composer.draft).toBe(""));
  });

  test("an answer quotes its message and tells whoever is answered", async () => {
    server.give({ join: { [CHAT]: aChat() } });
    const { chats } = await signedIn();
    const chat = open(chats);
    await eventually(() => expect(texts(chat)).toHaveLength(1));
    const quoted = messages(chat)[0];
    chat.replyTo(quoted?.key ?? "");
    await eventually(() => expect(chat.snapshot.value.composer.replyingTo?.senderName).toBe("Bruno"));
    chat.send("ciao!");

    await eventually(() =>
      expect(messages(chat)[1]?.replyTo).toMatchObject({
        rowKey: quoted?.key,
        body: { kind: "text", text: "ciao Anna" },
      }),
    );
    expect(chat.snapshot.value.composer.replyingTo).toBeNull();
    await eventually(() => expect(server.askedFor("/send/")).toHaveLength(1));
    expect(server.askedFor("/send/")[0]?.body).toMatchObject({
      "m.relates_to": { "m.in_reply_to": { event_id: quoted?.messageId } },
      "m.mentions": { user_ids: [BRUNO] },
    });
  });

  test("the others are told of the writing at its beginning and end, not at every key", async () => {
    server.give({ join: { [CHAT]: aChat() } });
    const { chats } = await signedIn();
    const chat = open(chats);
    for (const text of ["c", "ci", "cia", "ciao"]) {
      chat.typing(text);
    }
    chat.typing("");

    await eventually(() =>
      expect(server.askedFor("/typing/").map(({ body }) => body["typing"])).toEqual([true, false]),
    );
  });
});

test("a browser that keeps nothing is said to be that", async () => {
  vi.spyOn(platform.factory, "open").mockImplementation(() => {
    throw new DOMException("no", "SecurityError");
  });
  await screen(start(), "storage-unavailable");
});

describe("one tab at a time", () => {
  test("a second tab waits, and may take over", async () => {
    const locks = fakeLocks();
    platform = new FakePlatform(server.fetch, locks);
    const { model } = await signedIn();
    const second = start();
    await screen(second, "open-elsewhere");
    second.useHere();

    await screen(second, "chats");
    expect(model.snapshot.value.screen).toBe("open-elsewhere");
  });
});

describe("signing out", () => {
  test("tells the server and erases everything here", async () => {
    server.give({ join: { [CHAT]: aChat() } });
    const { model, chats } = await signedIn();
    const chatList = list(chats);
    await eventually(() => expect(chatList.snapshot.value.chats).toHaveLength(1));
    await chats.settings().signOut();

    await screen(model, "sign-in");
    expect(server.askedFor("/logout")).toHaveLength(1);
    expect(await platform.databases.factory.databases()).toEqual([]);
  });

  test("works without the network", async () => {
    const { model, chats } = await signedIn();
    platform.network.online.set(false);
    await chats.settings().signOut();

    await eventually(() => expect(model.snapshot.value).toMatchObject({ screen: "sign-in", notice: "signed-out" }));
    expect(await platform.databases.factory.databases()).toEqual([]);
  });

  test("by the server, from elsewhere, ends here too", async () => {
    server.give({ join: { [CHAT]: aChat() } });
    const { model, chats } = await signedIn();
    const chatList = list(chats);
    await eventually(() => expect(chatList.snapshot.value.connection).toBe("live"));
    server.on("GET", "/sync", () => refusal(401, "M_UNKNOWN_TOKEN"));
    server.on("POST", "/refresh", () => refusal(401, "M_UNKNOWN_TOKEN"));
    server.give({});

    await eventually(() =>
      expect(model.snapshot.value).toMatchObject({ screen: "sign-in", notice: "signed-out-elsewhere" }),
    );
    expect(await platform.databases.factory.databases()).toEqual([]);
  });
});
