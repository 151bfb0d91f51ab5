import "../fake/node.ts";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { eventually } from "../fake/eventually.ts";
import { FakePlatform } from "../fake/platform.ts";
import { browserClock } from "../platform/browser/clock.ts";
import { browserRandom } from "../platform/browser/random.ts";
import type { Platform } from "../platform/types.ts";
import type { ChatViewModel, MessageRow } from "./chat.types.ts";
import { createStart } from "./start.ts";
import type { Chats, StartViewModel } from "./start.types.ts";

/** The app below its screens against the real server: several people, each with an app and a database of their own. */

const BIN = process.env["SOTTOVOCE_BIN"] ?? join(import.meta.dirname, "../../../.venv/bin/sottovoce");
const PASSWORD = "una lunga parola segreta";

let server: ChildProcess;
let data: string;
let origin: string;
let setupCode: string;
const started: StartViewModel[] = [];

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** Starts the server and answers with what it prints up to the setup link. */
async function serve(): Promise<void> {
  data = mkdtempSync(join(tmpdir(), "sottovoce-"));
  const port = await freePort();
  origin = `http://localhost:${port}`;
  const options = ["--data", data, "--port", String(port), "--registration", "open", "--rate-limits", "off"];
  server = spawn(BIN, ["serve", ...options], { stdio: ["ignore", "pipe", "inherit"] });
  setupCode = await new Promise((resolve, reject) => {
    let printed = "";
    server.stdout?.on("data", (part: Buffer) => {
      printed += part.toString();
      const code = /\/setup#(\S+)/.exec(printed)?.[1];
      if (code !== undefined) {
        resolve(code);
      }
    });
    server.on("exit", (status) => reject(new Error(`the server ended with ${status}`)));
  });
}

interface App {
  readonly platform: Platform & { readonly network: FakePlatform["network"] };
  readonly start: StartViewModel;
}

function app(): App {
  const base = new FakePlatform((input, init) => globalThis.fetch(input, init));
  return reopened(Object.assign(base, { clock: browserClock, random: browserRandom, page: { ...base.page, origin } }));
}

function reopened(platform: App["platform"]): App {
  const start = createStart(platform, { setupCode });
  started.push(start);
  return { platform, start };
}

async function chatsOf({ start }: App): Promise<Chats> {
  await eventually(() => expect(start.snapshot.value.screen).toBe("chats"));
  const { value } = start.snapshot;
  if (value.screen !== "chats") {
    throw new Error("not signed in");
  }
  return value.chats;
}

async function newcomer(username: string, displayName: string): Promise<{ app: App; chats: Chats }> {
  const theirs = app();
  await eventually(() => expect(theirs.start.snapshot.value.screen).toBe("sign-in"));
  const signUp = theirs.start.signUp();
  await signUp.signUp({ username, password: PASSWORD, displayName });
  expect(signUp.snapshot.value.problem).toBeNull();
  return { app: theirs, chats: await chatsOf(theirs) };
}

async function member(chats: Chats, chatId: string): Promise<ChatViewModel> {
  const list = chats.chatList();
  await eventually(() => expect(list.snapshot.value.invites.map((row) => row.chatId)).toContain(chatId));
  expect(await list.accept(chatId)).toBe(true);
  await eventually(() => expect(list.snapshot.value.chats.map((row) => row.chatId)).toContain(chatId));
  list.dispose();
  return chats.chat(chatId);
}

const messages = (chat: ChatViewModel): MessageRow[] =>
  chat.snapshot.value.rows.filter((row): row is MessageRow => row.kind === "message");
const texts = (chat: ChatViewModel): string[] =>
  messages(chat).map(({ body }) => (body.kind === "deleted" ? "deleted" : body.text));
const shows = (chat: ChatViewModel, wanted: string[]): Promise<void> =>
  eventually(() => expect(texts(chat)).toEqual(wanted));

describe.skipIf(!existsSync(BIN))("two people and the real server", () => {
  let anna: { app: App; chats: Chats };
  let bruno: { app: App; chats: Chats };

  beforeAll(async () => {
    await serve();
    const first = app();
    await eventually(() => expect(first.start.snapshot.value.screen).toBe("setup"));
    const setup = first.start.setup();
    await setup.setUp({ serverName: "prova.example", username: "anna", password: PASSWORD, displayName: "Anna" });
    expect(setup.snapshot.value.problem).toBeNull();
    anna = { app: first, chats: await chatsOf(first) };
    bruno = await newcomer("bruno", "Bruno");
  });

  beforeEach(() => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    vi.spyOn(console, "warn").mockImplementation(() => {});
    vi.spyOn(console, "error").mockImplementation(() => {});
  });

  afterAll(async () => {
    for (const start of started) {
      start.dispose();
    }
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true });
  });

  async function newChat(): Promise<{ chatId: string; annas: ChatViewModel; brunos: ChatViewModel }> {
    const chatId = await anna.chats.newGroup().create(`Prova ${Math.random()}`);
    if (chatId === null) {
      throw new Error("no chat");
    }
    return { chatId, annas: anna.chats.chat(chatId), brunos: bruno.chats.chat(chatId) };
  }

  test("a person is found by name, written to, answers, and both see what was read", async () => {
    const search = anna.chats.newChat();
    search.find("Bruno");
    await eventually(() => expect(search.snapshot.value.found.kind).toBe("found"));
    const { found } = search.snapshot.value;
    const chatId = found.kind === "found" ? await search.open(found.person.userId) : null;
    expect(chatId).not.toBeNull();
    const annas = anna.chats.chat(chatId ?? "");
    annas.send("ciao Bruno");
    await eventually(() => expect(messages(annas)[0]?.status).toBe("sent"));

    const brunos = await member(bruno.chats, chatId ?? "");
    await eventually(() => expect(brunos.snapshot.value.rows.length).toBeGreaterThan(0));
    await brunos.loadOlder();
    await shows(brunos, ["ciao Bruno"]);
    expect(brunos.snapshot.value.header).toMatchObject({ group: false, title: { kind: "people", names: ["Anna"] } });
    brunos.markRead();
    await eventually(() => expect(messages(annas)[0]?.status).toBe("read"));

    brunos.replyTo(messages(brunos)[0]?.key ?? "");
    brunos.send("ciao Anna");
    await shows(annas, ["ciao Bruno", "ciao Anna"]);
    expect(messages(annas)[1]?.replyTo?.body).toEqual({ kind: "text", text: "ciao Bruno" });
    const list = anna.chats.chatList();
    await eventually(() => expect(list.snapshot.value.chats[0]).toMatchObject({ chatId, unreadCount: 1 }));
    annas.markRead();
    await eventually(() => expect(list.snapshot.value.chats[0]?.unreadCount).toBe(0));
    brunos.typing("scriv");
    await eventually(() => expect(annas.snapshot.value.header.typing).toEqual(["Bruno"]));
    expect(anna.chats.newChat().snapshot.value.known.map(({ chatId: known }) => known)).toContain(chatId);
  });

  test("what is written offline leaves once and in order, also over a restart of the app", async () => {
    const { chatId, annas } = await newChat();
    annas.send("prima");
    await eventually(() => expect(messages(annas)[0]?.status).toBe("sent"));
    anna.app.platform.network.online.set(false);
    for (const text of ["uno", "due", "tre"]) {
      annas.send(text);
    }
    await eventually(() => expect(messages(annas).at(-1)?.status).toBe("waiting"));
    annas.dispose();
    anna.app.start.dispose();

    const again = reopened(anna.app.platform);
    anna = { app: again, chats: await chatsOf(again) };
    const chat = anna.chats.chat(chatId);
    await shows(chat, ["prima", "uno", "due", "tre"]);
    again.platform.network.online.set(true);
    await eventually(() => expect(messages(chat).map(({ status }) => status)).toEqual(Array(4).fill("sent")));
    await eventually(() => expect(messages(chat).every(({ messageId }) => messageId !== null)).toBe(true));
    expect(texts(chat)).toEqual(["prima", "uno", "due", "tre"]);
  });

  test("a group of three with a long past is read down to its beginning", async () => {
    const carla = await newcomer("carla", "Carla");
    const group = anna.chats.newGroup();
    for (const name of ["bruno", "carla"]) {
      group.pick({ userId: `@${name}:prova.example`, name, avatar: { initials: "X", colour: 0 }, address: name });
    }
    const chatId = (await group.create("Tre amici")) ?? "";
    const annas = anna.chats.chat(chatId);
    const all = Array.from({ length: 60 }, (_, index) => String(index + 1));
    for (const text of all) {
      annas.send(text);
    }
    await eventually(() => expect(messages(annas).map(({ status }) => status)).toEqual(Array(60).fill("sent")));
    await member(bruno.chats, chatId);
    const carlas = await member(carla.chats, chatId);
    await eventually(() => expect(carlas.snapshot.value.rows.length).toBeGreaterThan(0));
    for (let pages = 0; pages < 10 && carlas.snapshot.value.older !== "beginning"; pages += 1) {
      await carlas.loadOlder();
    }
    expect(carlas.snapshot.value.header).toMatchObject({ group: true, title: { kind: "named", name: "Tre amici" } });
    await shows(carlas, all);
    carlas.send("eccomi");
    await shows(annas, [...all, "eccomi"]);
    await annas.loadMembers();
    expect(annas.snapshot.value.header.members.map(({ name }) => name)).toEqual(["Anna", "Bruno", "Carla"]);

    expect(await carlas.leave()).toBe(true);
    await eventually(() => {
      const notices = annas.snapshot.value.rows.flatMap((row) => (row.kind === "notice" ? [row.notice] : []));
      expect(notices.at(-1)).toMatchObject({ kind: "left", who: "Carla" });
    });
  });

  test("a wrong password is refused; signing out forgets everything; signing in again finds the chats", async () => {
    await bruno.chats.settings().signOut();
    await eventually(() => expect(bruno.app.start.snapshot.value.screen).toBe("sign-in"));
    expect(await bruno.app.platform.databases.factory.databases()).toEqual([]);
    const signIn = bruno.app.start.signIn();
    await signIn.signIn("bruno", "un'altra");
    expect(signIn.snapshot.value.problem).toEqual({ kind: "wrong-password" });
    await signIn.signIn("bruno", PASSWORD);
    bruno = { ...bruno, chats: await chatsOf(bruno.app) };

    const list = bruno.chats.chatList();
    await eventually(() => expect(list.snapshot.value.chats.length).toBeGreaterThan(0));
  });
});
