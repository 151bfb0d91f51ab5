import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test } from "vitest";
import { ANNA, BRUNO, CHAT, edit, member, message, room, state, sync } from "../../fake/builders.ts";
import { eventually } from "../../fake/eventually.ts";
import { FakePlatform } from "../../fake/platform.ts";
import { FakeServer, refusal } from "../../fake/server.ts";
import { emptyStore, inWords, takeSync, timelineOf } from "../../fake/store.ts";
import { AccountApi } from "../api/account.ts";
import type { WireEvent } from "../api/wire.ts";
import type { LocalStore } from "../store/local-store.ts";
import { isGap } from "../store/records.ts";
import { Timeline } from "./timeline.ts";

let server: FakeServer;
let store: LocalStore;
let timeline: Timeline;

beforeEach(async () => {
  server = new FakeServer();
  const platform = new FakePlatform(server.fetch);
  store = await emptyStore(platform);
  const { clock, fetch, page } = platform;
  timeline = new Timeline(CHAT, store, new AccountApi({ clock, fetch, origin: page.origin }, ANNA));
});

/** The server's history below a token: newest first, as it answers. */
function history(
  pages: Readonly<Record<string, { chunk: readonly WireEvent[]; end?: string; state?: WireEvent[] }>>,
): void {
  server.on(
    "GET",
    "/rooms/:id/messages",
    ({ query }) => pages[query.get("from") ?? ""] ?? refusal(400, "M_INVALID_PARAM"),
  );
}

function shown(): string[] {
  return timeline.contents.value.entries.map(inWords);
}

function messages(from: number, to: number): WireEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => message(BRUNO, String(from + index)));
}

async function gapInTheMiddle(): Promise<number> {
  await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "uno")] }) }));
  await takeSync(
    store,
    sync("s2", { [CHAT]: room({ timeline: [message(BRUNO, "nove")], limited: true, previous: "p2" }) }),
  );
  await timeline.open();
  return timeline.contents.value.entries.find(isGap)?.position ?? Number.NaN;
}

describe("opening a chat", () => {
  test("shows the newest page of what is stored, and older pages when asked, without the network", async () => {
    await takeSync(
      store,
      sync("s1", { [CHAT]: room({ timeline: [state("m.room.create", BRUNO, {}), ...messages(1, 99)] }) }),
    );
    await timeline.open();
    expect(shown()).toHaveLength(40);
    expect(shown().at(-1)).toBe("99");

    await timeline.loadOlder();
    await timeline.loadOlder();
    expect(shown().slice(0, 3)).toEqual(["m.room.create", "1", "2"]);
    expect(timeline.contents.value.moreStored).toBe(false);
    expect(server.asked).toEqual([]);
  });

  test("what arrives while it is open is added at the end, and changed in its place", async () => {
    const first = message(BRUNO, "cioa");
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [first] }) }));
    await timeline.open();
    await takeSync(
      store,
      sync("s2", { [CHAT]: room({ timeline: [message(BRUNO, "eccomi"), edit(BRUNO, first.event_id, "ciao")] }) }),
    );

    expect(shown().slice(0, 2)).toEqual(["ciao", "eccomi"]);
  });

  test("a change far above what is loaded does not make a hole", async () => {
    const [first, ...others] = messages(1, 60);
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: [first as WireEvent, ...others] }) }));
    await timeline.open();
    await takeSync(store, sync("s2", { [CHAT]: room({ timeline: [edit(BRUNO, first?.event_id ?? "", "uno")] }) }));

    expect(shown()[0]).toBe("21");
    await timeline.loadOlder();
    expect(shown()[0]).toBe("uno");
  });
});

describe("older messages from the server", () => {
  test("come page by page down to the beginning", async () => {
    const [a, b, c, d] = messages(1, 4) as [WireEvent, WireEvent, WireEvent, WireEvent];
    history({ p1: { chunk: [d, c], end: "p2" }, p2: { chunk: [b, a, state("m.room.create", BRUNO, {})], end: "p3" } });
    await takeSync(
      store,
      sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "5")], limited: true, previous: "p1" }) }),
    );
    await timeline.open();

    await timeline.loadOlder();
    expect(shown()).toEqual(["gap p2", "3", "4", "5"]);
    await timeline.loadOlder();
    expect(shown()).toEqual(["m.room.create", "1", "2", "3", "4", "5"]);
    await timeline.loadOlder();
    expect(server.askedFor("/messages")).toHaveLength(2);
    expect(await timelineOf(store, CHAT)).toEqual(shown());
  });

  test("an empty answer is the beginning", async () => {
    history({ p1: { chunk: [], end: "p0" } });
    await takeSync(
      store,
      sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "1")], limited: true, previous: "p1" }) }),
    );
    await timeline.open();
    await timeline.loadOlder();

    expect(shown()).toEqual(["1"]);
  });

  test("a failure keeps the gap, says so, and the next try works", async () => {
    await takeSync(
      store,
      sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "2")], limited: true, previous: "p1" }) }),
    );
    await timeline.open();
    server.down = true;
    await timeline.loadOlder();
    expect(timeline.contents.value.failed.size).toBe(1);

    server.down = false;
    history({ p1: { chunk: messages(1, 1) } });
    await timeline.loadOlder();
    expect(shown()).toEqual(["1", "2"]);
    expect(timeline.contents.value.failed.size).toBe(0);
  });

  test("asking twice at once asks the server once", async () => {
    history({ p1: { chunk: messages(1, 1) } });
    await takeSync(
      store,
      sync("s1", { [CHAT]: room({ timeline: [message(BRUNO, "2")], limited: true, previous: "p1" }) }),
    );
    await timeline.open();
    await Promise.all([timeline.loadOlder(), timeline.loadOlder()]);

    expect(server.askedFor("/messages")).toHaveLength(1);
  });

  test("an edit that came before its message is applied when the message comes", async () => {
    const old = message(BRUNO, "cioa");
    history({ p1: { chunk: [old] } });
    const timelineEvents = [edit(BRUNO, old.event_id, "ciao")];
    await takeSync(store, sync("s1", { [CHAT]: room({ timeline: timelineEvents, limited: true, previous: "p1" }) }));
    await timeline.open();
    await timeline.loadOlder();

    expect(shown()[0]).toBe("ciao");
  });

  test("a receipt that came before its message counts when the message comes", async () => {
    const mine = message(ANNA, "ci sei?");
    history({ p1: { chunk: [mine] } });
    const part = {
      timeline: [message(ANNA, "?")],
      limited: true,
      previous: "p1",
      receipts: { [BRUNO]: mine.event_id },
    };
    await takeSync(store, sync("s1", { [CHAT]: room(part) }));
    await timeline.open();
    await timeline.loadOlder();

    const position = (await store.findEvent(CHAT, mine.event_id))?.position;
    expect((await store.listChats())[0]?.othersReadPosition).toBe(position);
  });

  test("old members' names are learnt, present ones not overwritten", async () => {
    const old = [member(BRUNO, "join", { name: "Brunetto" }), member("@dora:example.org", "join")];
    history({ p1: { chunk: messages(1, 1), state: old } });
    const part = { timeline: [message(BRUNO, "2")], state: [member(BRUNO, "join")], limited: true, previous: "p1" };
    await takeSync(store, sync("s1", { [CHAT]: room(part) }));
    await timeline.open();
    await timeline.loadOlder();

    const names = [...timeline.contents.value.members.values()].map(({ name }) => name);
    expect(names.sort()).toEqual(["Bruno", "Dora"]);
  });
});

describe("a gap in the middle", () => {
  test("is closed when the answer meets what is known", async () => {
    const position = await gapInTheMiddle();
    const known = await store.listEntriesBelow(CHAT, position, 1);
    const one = known[0] !== undefined && !isGap(known[0]) ? known[0].eventId : "";
    history({
      p2: {
        chunk: [message(BRUNO, "otto"), message(BRUNO, "sette"), message(BRUNO, "uno", { event_id: one })],
        end: "p0",
      },
    });
    await timeline.fillGap(position);

    expect(shown()).toEqual(["uno", "sette", "otto", "nove"]);
    expect(await timelineOf(store, CHAT)).toEqual(shown());
  });

  test("moves down when the answer does not reach so far", async () => {
    const position = await gapInTheMiddle();
    history({ p2: { chunk: [message(BRUNO, "otto")], end: "p1" } });
    await timeline.fillGap(position);

    expect(shown()).toEqual(["uno", "gap p1", "otto", "nove"]);
  });

  test("is filled once by two windows at the same time", async () => {
    const position = await gapInTheMiddle();
    history({ p2: { chunk: [message(BRUNO, "otto")], end: "p1" } });
    const platform = new FakePlatform(server.fetch);
    const api = new AccountApi({ clock: platform.clock, fetch: platform.fetch, origin: platform.page.origin }, ANNA);
    const other = new Timeline(CHAT, store, api);
    await other.open();
    await Promise.all([timeline.fillGap(position), other.fillGap(position)]);

    await eventually(() => expect(other.contents.value.entries).toEqual(timeline.contents.value.entries));
    expect(shown()).toEqual(["uno", "gap p1", "otto", "nove"]);
  });
});
