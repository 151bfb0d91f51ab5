import {
  type EventEntry,
  type EventRecord,
  type GapEntry,
  isGap,
  type MemberRecord,
  type OutboxRecord,
} from "../matrix/store/records.ts";
import { isMessage, replyTargetOf } from "../matrix/timeline/events.ts";
import type { TimelineContents } from "../matrix/timeline/timeline.ts";
import { bodyOf, bodyOfContent } from "./body.ts";
import type { GapRow, MessageRow, MessageStatus, NoticeRow, Quote, TimelineRow } from "./chat.types.ts";
import { isNotice, noticeOf } from "./notices.ts";
import { avatarOf, memberName } from "./people.ts";

export interface RowsInput {
  readonly me: string;
  readonly timeline: TimelineContents;
  /** This chat's, in order of writing. */
  readonly outbox: readonly OutboxRecord[];
  /** Nothing of the outbox can leave now. */
  readonly waiting: boolean;
  readonly othersReadPosition: number | null;
  /** "New messages" stands before the first message of others above this position; null: nowhere. */
  readonly unreadAbove: number | null;
  /** Quoted messages that are not in `timeline`: null for one that is nowhere on this device. */
  readonly quoted: ReadonlyMap<string, EventRecord | null>;
}

/** Consecutive messages of one person further apart than this are not one group. */
const GROUP_WITHIN_MS = 5 * 60_000;

/** A row to be, before its neighbours are known. */
type Item =
  | { readonly kind: "gap"; readonly row: GapRow }
  | { readonly kind: "notice"; readonly entry: EventEntry }
  | ({ readonly kind: "message"; readonly sender: string; readonly atMs: number; readonly position: number } & (
      | { readonly entry: EventEntry }
      | { readonly unsent: OutboxRecord }
    ));

type MessageItem = Extract<Item, { kind: "message" }>;

/**
 * Makes the rows of a timeline. One instance serves one chat: it remembers what it made, so that a row nothing
 * changed for is the same object as before.
 */
export class Rows {
  readonly #made = new Map<string, { deps: readonly unknown[]; row: TimelineRow }>();
  /** Ids of quoted messages the last build had nowhere: neither among the entries nor in `quoted`. */
  missingQuotes: ReadonlySet<string> = new Set();

  build(input: RowsInput): readonly TimelineRow[] {
    const missing = new Set<string>();
    this.missingQuotes = missing;
    const items = itemsOf(input);
    const rows: TimelineRow[] = [];
    let day: number | null = null;
    let unreadSet = input.unreadAbove === null;
    for (const [index, item] of items.entries()) {
      if (item.kind === "gap") {
        rows.push(this.#kept(item.row.key, [item.row.state], () => item.row));
        continue;
      }
      const dayMs = dayOf(atMsOf(item));
      const newDay = dayMs !== day;
      if (newDay) {
        day = dayMs;
        rows.push(this.#kept(`day ${dayMs} ${positionOf(item)}`, [], (key) => ({ kind: "day", key, dayMs })));
      }
      const unreadHere = !unreadSet && isUnread(item, input);
      if (unreadHere) {
        unreadSet = true;
        rows.push(this.#kept("unread", [], (key) => ({ kind: "unread", key })));
      }
      rows.push(
        item.kind === "notice"
          ? this.#notice(item.entry, input)
          : this.#message(item, {
              first: newDay || unreadHere || !continues(items[index - 1], item),
              last: !continues(item, items[index + 1]) || startsUnread(items[index + 1], input, unreadSet),
              input,
              missing,
            }),
      );
    }
    return rows;
  }

  /** The row made before for `key` if nothing it was made of has changed, else a new one. */
  #kept<Row extends TimelineRow>(key: string, deps: readonly unknown[], make: (key: string) => Row): Row {
    const before = this.#made.get(key);
    if (before?.deps.every((dep, index) => Object.is(dep, deps[index]))) {
      return before.row as Row;
    }
    const row = make(key);
    this.#made.set(key, { deps, row });
    return row;
  }

  #notice(entry: EventEntry, { me, timeline }: RowsInput): NoticeRow {
    const { event } = entry;
    const { members } = timeline;
    const deps = [event, members.get(event.sender), members.get(event.stateKey ?? "")];
    return this.#kept(event.eventId, deps, (key) => {
      const notice = noticeOf(event, { me, nameOf: (userId) => members.get(userId)?.name ?? null });
      if (notice === null) {
        throw new Error("itemsOf lets only tellable events through");
      }
      return { kind: "notice", key, notice, atMs: event.sentAtMs };
    });
  }

  #message(
    item: MessageItem,
    place: { first: boolean; last: boolean; input: RowsInput; missing: Set<string> },
  ): MessageRow {
    const { input, first, last } = place;
    const { members } = input.timeline;
    const source = "entry" in item ? item.entry.event : item.unsent;
    const status = statusOf(item, input);
    const quotedId = replyTargetOf(source.content);
    const found = quotedId === null ? null : findQuoted(quotedId, input);
    if (quotedId !== null && found === undefined) {
      place.missing.add(quotedId);
    }
    const quoted = found ?? null;
    const deps = [source, first, last, status, members.get(item.sender), quoted, members.get(quoted?.sender ?? "")];
    return this.#kept(keyOf(item), deps, (key) => ({
      kind: "message",
      key,
      messageId: "entry" in item ? item.entry.eventId : null,
      own: item.sender === input.me,
      sender: senderOf(item.sender, members),
      firstOfGroup: first,
      lastOfGroup: last,
      body: "entry" in item ? bodyOf(item.entry.event) : bodyOfContent(item.unsent.type, item.unsent.content, false),
      replyTo: quotedId === null || ("redacted" in source && source.redacted) ? null : quoteOf(quoted, input),
      sentAtMs: item.atMs,
      edited: "entry" in item && item.entry.event.edit !== null,
      status,
    }));
  }
}

function itemsOf({ timeline, outbox, me }: RowsInput): Item[] {
  const items: Item[] = [];
  for (const [index, entry] of timeline.entries.entries()) {
    const item = isGap(entry) ? gapItem(entry, index, timeline) : eventItem(entry);
    if (item !== null) {
      items.push(item);
    }
  }
  for (const unsent of outbox) {
    const position = Number.POSITIVE_INFINITY;
    items.push({ kind: "message", unsent, sender: me, atMs: unsent.writtenAtMs, position });
  }
  return items;
}

/** The first of all is not a hole but the way to older messages. */
function gapItem({ position }: GapEntry, index: number, { filling, failed }: TimelineContents): Item | null {
  const state = filling.has(position) ? "loading" : failed.has(position) ? "failed" : "idle";
  return index === 0 ? null : { kind: "gap", row: { kind: "gap", key: gapKey(position), state } };
}

/** Entries are immutable, and there may be ten thousand: each is looked at once. */
const eventItems = new WeakMap<EventEntry, Item | null>();

function eventItem(entry: EventEntry): Item | null {
  let item = eventItems.get(entry);
  if (item === undefined) {
    const { event, position } = entry;
    const { sender, sentAtMs } = event;
    item = isMessage(event)
      ? { kind: "message", entry, sender, atMs: sentAtMs, position }
      : isNotice(event)
        ? { kind: "notice", entry }
        : null;
    eventItems.set(entry, item);
  }
  return item;
}

function gapKey(position: number): string {
  return `gap ${position}`;
}

export function positionOfGap(key: string): number {
  return Number(key.slice("gap ".length));
}

/** The same before and after the server has it, so that the row stays the same row. */
function keyOf(item: MessageItem): string {
  return "entry" in item ? keyOfEvent(item.entry.event) : item.unsent.transactionId;
}

export function keyOfEvent(event: EventRecord): string {
  return event.transactionId ?? event.eventId;
}

function statusOf(item: MessageItem, input: RowsInput): MessageStatus | null {
  if ("unsent" in item) {
    const { state } = item.unsent;
    return state === "waiting" ? (input.waiting ? "waiting" : "sending") : state;
  }
  if (item.sender !== input.me) {
    return null;
  }
  return item.position <= (input.othersReadPosition ?? Number.NEGATIVE_INFINITY) ? "read" : "sent";
}

function atMsOf(item: Exclude<Item, { kind: "gap" }>): number {
  return item.kind === "notice" ? item.entry.event.sentAtMs : item.atMs;
}

function positionOf(item: Exclude<Item, { kind: "gap" }>): string {
  return item.kind === "message" ? keyOf(item) : item.entry.eventId;
}

/** The day asked for last: neighbours mostly share it, and the calendar is slow. */
let lastDay = { startMs: 0, endMs: 0 };

function dayOf(ms: number): number {
  if (ms < lastDay.startMs || ms >= lastDay.endMs) {
    const startMs = new Date(ms).setHours(0, 0, 0, 0);
    const start = new Date(startMs);
    // Not 24 hours later: twice a year a day is longer or shorter.
    lastDay = { startMs, endMs: start.setDate(start.getDate() + 1) };
  }
  return lastDay.startMs;
}

/** Whether `next` belongs to the same group of messages as `item`. */
function continues(item: Item | undefined, next: Item | undefined): boolean {
  return (
    item?.kind === "message" &&
    next?.kind === "message" &&
    item.sender === next.sender &&
    Math.abs(next.atMs - item.atMs) < GROUP_WITHIN_MS &&
    dayOf(next.atMs) === dayOf(item.atMs)
  );
}

function isUnread(item: Item, { unreadAbove, me }: RowsInput): boolean {
  return item.kind === "message" && item.sender !== me && item.position > (unreadAbove ?? Number.POSITIVE_INFINITY);
}

function startsUnread(next: Item | undefined, input: RowsInput, unreadSet: boolean): boolean {
  return !unreadSet && next !== undefined && isUnread(next, input);
}

function senderOf(userId: string, members: ReadonlyMap<string, MemberRecord>): MessageRow["sender"] {
  const name = memberName(members, userId);
  return { userId, name, avatar: avatarOf(userId, name) };
}

function findQuoted(eventId: string, input: RowsInput): EventRecord | null | undefined {
  return byEventId(input.timeline.entries).get(eventId)?.event ?? input.quoted.get(eventId);
}

const indexes = new WeakMap<TimelineContents["entries"], Map<string, EventEntry>>();

function byEventId(entries: TimelineContents["entries"]): Map<string, EventEntry> {
  let index = indexes.get(entries);
  if (index === undefined) {
    index = new Map(entries.flatMap((entry) => (isGap(entry) ? [] : [[entry.eventId, entry] as const])));
    indexes.set(entries, index);
  }
  return index;
}

export function quoteOf(event: EventRecord | null, input: RowsInput): Quote {
  if (event === null) {
    const body = { kind: "unknown" } as const;
    return { rowKey: null, senderName: "", senderColour: 0, own: false, body };
  }
  const { name, avatar } = senderOf(event.sender, input.timeline.members);
  const loaded = byEventId(input.timeline.entries).has(event.eventId);
  const body = bodyOf(event);
  return {
    rowKey: loaded ? keyOfEvent(event) : null,
    senderName: name,
    senderColour: avatar.colour,
    own: event.sender === input.me,
    body: body.kind === "text" ? { kind: "text", text: body.text } : body,
  };
}
