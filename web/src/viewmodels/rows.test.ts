import { describe, expect, test } from "vitest";
import { ANNA, BRUNO, CARLA, CHAT, edit, member, message, state } from "../fake/builders.ts";
import { START_MS } from "../fake/platform.ts";
import type { WireEvent } from "../matrix/api/wire.ts";
import type { OutboxRecord, TimelineEntry } from "../matrix/store/records.ts";
import { recordOf } from "../matrix/timeline/events.ts";
import type { MessageRow, TimelineRow } from "./chat.types.ts";
import { Rows, type RowsInput } from "./rows.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

function entry(event: WireEvent, position: number): TimelineEntry {
  return { chatId: CHAT, position, eventId: event.event_id, event: recordOf(event) };
}

function gap(position: number): TimelineEntry {
  return { chatId: CHAT, position, token: "t" };
}

function input(entries: readonly (WireEvent | "gap")[], more: Partial<RowsInput> = {}): RowsInput {
  const placed = entries.map((each, index) => (each === "gap" ? gap(index + 1) : entry(each, index + 1)));
  const members = [ANNA, BRUNO].map(
    (userId) =>
      [userId, { chatId: CHAT, userId, name: userId === ANNA ? "Anna" : "Bruno", membership: "join" }] as const,
  );
  return {
    me: ANNA,
    timeline: {
      entries: placed,
      members: new Map(members),
      loaded: true,
      moreStored: false,
      filling: new Set(),
      failed: new Set(),
    },
    outbox: [],
    waiting: false,
    othersReadPosition: null,
    unreadAbove: null,
    quoted: new Map(),
    ...more,
  };
}

function unsent(text: string, more: Partial<OutboxRecord> = {}): OutboxRecord {
  return {
    transactionId: `t-${text}`,
    chatId: CHAT,
    sequence: 1,
    type: "m.room.message",
    content: { msgtype: "m.text", body: text },
    writtenAtMs: START_MS + DAY_MS / 4,
    state: "waiting",
    eventId: null,
    ...more,
  };
}

function at(sender: string, body: string, ms: number): WireEvent {
  return message(sender, body, { origin_server_ts: START_MS + ms });
}

const build = (rowsInput: RowsInput): readonly TimelineRow[] => new Rows().build(rowsInput);
const kinds = (rows: readonly TimelineRow[]): string[] => rows.map(({ kind }) => kind);
const messages = (rows: readonly TimelineRow[]): MessageRow[] => rows.filter((row) => row.kind === "message");
const groups = (rows: readonly TimelineRow[]): string[] =>
  messages(rows).map(({ firstOfGroup, lastOfGroup }) => `${firstOfGroup ? "(" : ""}${lastOfGroup ? ")" : ""}`);

describe("groups of messages", () => {
  test("are of one person, without long pauses", () => {
    const rows = build(
      input([
        at(BRUNO, "1", 0),
        at(BRUNO, "2", 1),
        at(ANNA, "3", 2),
        at(ANNA, "4", 6 * MINUTE_MS),
        at(ANNA, "5", 7 * MINUTE_MS),
      ]),
    );

    expect(groups(rows)).toEqual(["(", ")", "()", "(", ")"]);
  });

  test("end at midnight, at a notice and at the unread separator", () => {
    const evening = new Date(START_MS).setHours(23, 59, 59, 0) - START_MS;
    expect(groups(build(input([at(BRUNO, "1", evening), at(BRUNO, "2", evening + 2000)])))).toEqual(["()", "()"]);
    expect(groups(build(input([at(BRUNO, "1", 0), state("m.room.tombstone", BRUNO, {}), at(BRUNO, "2", 1)])))).toEqual([
      "()",
      "()",
    ]);
    expect(groups(build(input([at(BRUNO, "1", 0), at(BRUNO, "2", 1)], { unreadAbove: 1 })))).toEqual(["()", "()"]);
  });
});

describe("separators", () => {
  test("each day begins with its own", () => {
    const rows = build(input([at(BRUNO, "1", 0), at(BRUNO, "2", 1), at(BRUNO, "3", DAY_MS)]));

    expect(kinds(rows)).toEqual(["day", "message", "message", "day", "message"]);
  });

  test("new messages begin at the first of others above what was read, once", () => {
    const rows = build(
      input([at(BRUNO, "1", 0), at(ANNA, "2", 1), at(BRUNO, "3", 2), at(BRUNO, "4", 3)], { unreadAbove: 1 }),
    );

    expect(kinds(rows)).toEqual(["day", "message", "message", "unread", "message", "message"]);
  });

  test("a hole in the middle is a row, one at the beginning is not", () => {
    const rows = build(input(["gap", at(BRUNO, "1", 0), "gap", at(BRUNO, "2", 1)]));

    expect(kinds(rows)).toEqual(["day", "message", "gap", "message"]);
  });

  test("every key is given once", () => {
    const events = [
      at(BRUNO, "1", DAY_MS),
      at(BRUNO, "2", 0),
      at(BRUNO, "3", DAY_MS),
      state("m.room.create", BRUNO, {}),
    ];
    const keys = build(input(events, { outbox: [unsent("4")], unreadAbove: 0 })).map(({ key }) => key);

    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe("the state of own messages", () => {
  test("goes up to the furthest receipt of the others", () => {
    const rows = build(input([at(ANNA, "1", 0), at(BRUNO, "2", 1), at(ANNA, "3", 2)], { othersReadPosition: 2 }));

    expect(messages(rows).map(({ status }) => status)).toEqual(["read", null, "sent"]);
  });

  test("unsent ones stand last and tell whether they can leave", () => {
    const outbox = [unsent("2"), unsent("3", { state: "failed" }), unsent("4", { state: "sent", eventId: "$4" })];
    const statuses = (waiting: boolean): unknown[] =>
      messages(build(input([at(BRUNO, "1", 0)], { outbox, waiting }))).map(({ status }) => status);

    expect(statuses(false)).toEqual([null, "sending", "failed", "sent"]);
    expect(statuses(true)).toEqual([null, "waiting", "failed", "sent"]);
  });
});

describe("what a row shows", () => {
  test("an edited message says so; the edit itself is no row", () => {
    const original = at(BRUNO, "cioa", 0);
    const change = edit(BRUNO, original.event_id, "ciao");
    const bundled = { ...original, unsigned: { "m.relations": { "m.replace": change } } };
    const [row, ...others] = messages(build(input([bundled, change])));

    expect(row).toMatchObject({ edited: true, body: { kind: "text", text: "ciao" } });
    expect(others).toEqual([]);
  });

  test("a quote leads to its row when that is loaded, and still says what it can when not", () => {
    const quoted = at(BRUNO, "domani?", 0);
    const reply = { "m.relates_to": { "m.in_reply_to": { event_id: quoted.event_id } }, msgtype: "m.text", body: "sì" };
    const answer = { ...at(ANNA, "sì", 1), content: reply };
    const [first, second] = messages(build(input([quoted, answer])));
    expect(second?.replyTo).toMatchObject({
      rowKey: first?.key,
      senderName: "Bruno",
      body: { kind: "text", text: "domani?" },
    });

    const elsewhere = new Map([[quoted.event_id, recordOf(quoted)]]);
    expect(messages(build(input([answer], { quoted: elsewhere })))[0]?.replyTo).toMatchObject({
      rowKey: null,
      body: { kind: "text", text: "domani?" },
    });
    expect(messages(build(input([answer])))[0]?.replyTo?.body).toEqual({ kind: "unknown" });
  });

  test("a person not known by name is called by the first part of the address", () => {
    expect(messages(build(input([at(CARLA, "ciao", 0)])))[0]?.sender.name).toBe("carla");
  });
});

describe("from one snapshot to the next", () => {
  test("rows nothing changed for are the same objects", () => {
    const rows = new Rows();
    const events = [at(BRUNO, "1", 0), at(ANNA, "2", 1), member(CARLA, "join")];
    const first = input(events);
    const before = rows.build(first);
    const entries = [...first.timeline.entries, entry(at(BRUNO, "3", 2), 9)];
    const after = rows.build({ ...first, timeline: { ...first.timeline, entries } });

    expect(after.slice(0, before.length).every((row, index) => row === before[index])).toBe(true);
  });

  test("a new name of the sender makes new rows", () => {
    const rows = new Rows();
    const first = input([at(BRUNO, "1", 0)]);
    rows.build(first);
    const members = new Map([[BRUNO, { chatId: CHAT, userId: BRUNO, name: "Nuovo", membership: "join" } as const]]);
    const after = rows.build({ ...first, timeline: { ...first.timeline, members } });

    expect(messages(after)[0]?.sender.name).toBe("Nuovo");
  });
});
