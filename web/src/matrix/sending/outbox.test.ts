import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { ANNA, CHAT, message, room, sync } from "../../fake/builders.ts";
import { eventually } from "../../fake/eventually.ts";
import { FakePlatform } from "../../fake/platform.ts";
import { FakeServer, refusal } from "../../fake/server.ts";
import { emptyStore, takeSync } from "../../fake/store.ts";
import { AccountApi } from "../api/account.ts";
import type { LocalStore } from "../store/local-store.ts";
import { Outbox } from "./outbox.ts";

const OTHER = "!other:example.org";

let server: FakeServer;
let platform: FakePlatform;
let store: LocalStore;
/** What the server took, in order, each transaction once: as a server does. */
let taken: { chat: string; text: string; transaction: string }[];

beforeEach(async () => {
  server = new FakeServer();
  platform = new FakePlatform(server.fetch);
  store = await emptyStore(platform);
  taken = [];
  server.on("PUT", "/rooms/:id/send/:type/:txn", ({ body }, [chat = "", , transaction = ""]) => {
    if (!taken.some((known) => known.transaction === transaction)) {
      taken.push({ chat, text: String(body["body"]), transaction });
    }
    return { event_id: `$of-${transaction}` };
  });
});

function outbox(): Outbox {
  const { clock, fetch, page } = platform;
  return new Outbox(store, new AccountApi({ clock, fetch, origin: page.origin }, ANNA), platform);
}

function write(box: Outbox, text: string, chatId = CHAT): Promise<void> {
  return box.add(chatId, "m.room.message", { msgtype: "m.text", body: text });
}

const texts = (): string[] => taken.map(({ text }) => text);

async function states(): Promise<string[]> {
  const all = (await store.listOutbox()).sort((one, other) => one.sequence - other.sequence);
  return all.map(({ state }) => state);
}

/** Lets time pass until `done`, as long as something waits for it. */
async function passingTime(done: () => void | Promise<void>): Promise<void> {
  await eventually(async () => {
    platform.clock.advance(platform.clock.longestWaitMs ?? 0);
    await done();
  });
}

test("messages leave in the order they were written", async () => {
  const box = outbox();
  await Promise.all(["uno", "due", "tre"].map((text) => write(box, text)));

  await eventually(() => expect(texts()).toEqual(["uno", "due", "tre"]));
  await eventually(async () => expect(await states()).toEqual(["sent", "sent", "sent"]));
});

test("a message whose answer was lost is sent again and taken once", async () => {
  const box = outbox();
  const lose = vi.fn(() => Promise.reject(new TypeError("connection lost")));
  server.on("PUT", "/rooms/:id/send/:type/:txn", ({ body }, [chat = "", , transaction = ""]) => {
    if (lose.mock.calls.length === 0) {
      taken.push({ chat, text: String(body["body"]), transaction });
      return lose();
    }
    return { event_id: `$of-${transaction}` };
  });
  await write(box, "uno");

  await passingTime(async () => expect(await states()).toEqual(["sent"]));
  const transactions = server.askedFor("/send/").map(({ path }) => path);
  expect(new Set(transactions).size).toBe(1);
  expect(texts()).toEqual(["uno"]);
});

test("what was written offline leaves after a restart of the app, once and in order", async () => {
  platform.network.online.set(false);
  const before = outbox();
  await write(before, "uno");
  await write(before, "due");
  before.stop();

  const after = outbox();
  await after.start();
  await write(after, "tre");
  expect(texts()).toEqual([]);
  platform.network.online.set(true);

  await eventually(() => expect(texts()).toEqual(["uno", "due", "tre"]));
  await eventually(async () => expect(await states()).toEqual(["sent", "sent", "sent"]));
  expect(server.askedFor("/send/")).toHaveLength(3);
});

test("while the server does not answer the chat is told to wait; the tries get rarer", async () => {
  const box = outbox();
  server.down = true;
  await write(box, "uno");

  const waits: (number | null)[] = [];
  for (let tries = 0; tries < 4; tries += 1) {
    await eventually(() => expect(platform.clock.longestWaitMs).not.toBeNull());
    waits.push(platform.clock.longestWaitMs);
    expect(box.waiting.value.has(CHAT)).toBe(true);
    platform.clock.advance(platform.clock.longestWaitMs ?? 0);
  }
  expect(waits).toEqual([750, 1500, 3000, 6000]);

  server.down = false;
  await passingTime(() => expect(texts()).toEqual(["uno"]));
  await eventually(() => expect(box.waiting.value.has(CHAT)).toBe(false));
});

test("a server that asks to wait is obeyed", async () => {
  const box = outbox();
  let refusals = 0;
  server.on("PUT", "/rooms/:id/send/:type/:txn", (_, [, , transaction]) => {
    refusals += 1;
    return refusals === 1
      ? refusal(429, "M_LIMIT_EXCEEDED", { retry_after_ms: 4321 })
      : { event_id: `$of-${transaction}` };
  });
  await write(box, "uno");
  await eventually(() => expect(platform.clock.longestWaitMs).toBe(4321));

  await passingTime(async () => expect(await states()).toEqual(["sent"]));
});

describe("a message the server refuses", () => {
  beforeEach(() => {
    server.on("PUT", "/rooms/:id/send/:type/:txn", ({ body }, [chat = "", , transaction = ""]) => {
      if (body["body"] === "vietato") {
        return refusal(403, "M_FORBIDDEN");
      }
      taken.push({ chat, text: String(body["body"]), transaction });
      return { event_id: `$of-${transaction}` };
    });
  });

  test("is marked, and holds back neither its own chat nor others", async () => {
    const box = outbox();
    await write(box, "vietato");
    await write(box, "lecito");
    await write(box, "altrove", OTHER);

    await eventually(async () => expect(await states()).toEqual(["failed", "sent", "sent"]));
    expect(texts().sort()).toEqual(["altrove", "lecito"]);
  });

  test("can be sent again with the same transaction id", async () => {
    const box = outbox();
    await write(box, "vietato");
    await eventually(async () => expect(await states()).toEqual(["failed"]));
    server.on("PUT", "/rooms/:id/send/:type/:txn", (_, [, , transaction]) => ({ event_id: `$of-${transaction}` }));
    const [failed] = await store.listOutbox();
    await box.resend(failed?.transactionId ?? "");

    await eventually(async () => expect(await states()).toEqual(["sent"]));
    expect(new Set(server.askedFor("/send/").map(({ path }) => path)).size).toBe(1);
  });

  test("can be discarded; one on its way cannot", async () => {
    const box = outbox();
    await write(box, "vietato");
    await eventually(async () => expect(await states()).toEqual(["failed"]));
    platform.network.online.set(false);
    await write(box, "in attesa");
    for (const { transactionId } of await store.listOutbox()) {
      await box.discard(transactionId);
    }

    expect(await states()).toEqual(["waiting"]);
  });
});

test("a chat that does not get through does not hold back another", async () => {
  const box = outbox();
  server.on("PUT", "/rooms/:id/send/:type/:txn", (_, [chat, , transaction]) =>
    chat === CHAT ? new Promise<never>(() => {}) : { event_id: `$of-${transaction}` },
  );
  await write(box, "fermo");
  await write(box, "passa", OTHER);

  await eventually(async () => expect(await states()).toEqual(["waiting", "sent"]));
});

test("a call that hangs is given up and tried again", async () => {
  const box = outbox();
  let calls = 0;
  server.on("PUT", "/rooms/:id/send/:type/:txn", (_, [, , transaction]) => {
    calls += 1;
    return calls === 1 ? new Promise<never>(() => {}) : { event_id: `$of-${transaction}` };
  });
  await write(box, "uno");

  await passingTime(async () => expect(await states()).toEqual(["sent"]));
  expect(calls).toBe(2);
});

test("an event that arrives before the answer to its sending is not shown twice", async () => {
  const box = outbox();
  await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [message(ANNA, "prima")] }) }));
  server.on("PUT", "/rooms/:id/send/:type/:txn", async () => {
    // Not even the transaction id tells that it is the same message.
    const echo = message(ANNA, "uno", { event_id: "$echo" });
    await takeSync(store, sync("s2", { [CHAT]: room({ timeline: [echo] }) }));
    return { event_id: "$echo" };
  });
  await write(box, "uno");

  await eventually(async () => expect(await store.listOutbox()).toEqual([]));
});

test("writing uses up the chat's draft", async () => {
  await store.write((inStore) => inStore.putDraft(CHAT, "un"));
  await write(outbox(), "uno");

  expect((await store.listDrafts()).size).toBe(0);
});
