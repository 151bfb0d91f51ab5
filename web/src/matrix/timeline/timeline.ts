import { type ReadonlySignal, Signal } from "../../lib/signal.ts";
import type { AccountApi } from "../api/account.ts";
import type { StoreChange } from "../store/change.ts";
import type { LocalStore } from "../store/local-store.ts";
import { isGap, type MemberRecord, type TimelineEntry } from "../store/records.ts";
import { fill } from "./fill.ts";

export interface TimelineContents {
  /** Oldest first, without holes in what the store has. A gap among them is where the store itself has one. */
  readonly entries: readonly TimelineEntry[];
  readonly members: ReadonlyMap<string, MemberRecord>;
  readonly loaded: boolean;
  /** The store has more below the first entry. */
  readonly moreStored: boolean;
  /** Gaps being filled, by position. */
  readonly filling: ReadonlySet<number>;
  /** Gaps whose last filling failed, by position. */
  readonly failed: ReadonlySet<number>;
}

const PAGE = 40;

/** A window on one chat's timeline: from somewhere in the past to the newest, as the local store has it. */
export class Timeline {
  readonly #chatId: string;
  readonly #store: LocalStore;
  readonly #api: AccountApi;
  readonly #contents = new Signal<TimelineContents>({
    entries: [],
    members: new Map(),
    loaded: false,
    moreStored: true,
    filling: new Set(),
    failed: new Set(),
  });
  readonly #unsubscribe: () => void;
  #lowest = Number.POSITIVE_INFINITY;
  #reading: Promise<void> | null = null;

  constructor(chatId: string, store: LocalStore, api: AccountApi) {
    this.#chatId = chatId;
    this.#store = store;
    this.#api = api;
    this.#unsubscribe = store.onChange((change) => this.#take(change));
  }

  get contents(): ReadonlySignal<TimelineContents> {
    return this.#contents;
  }

  dispose(): void {
    this.#unsubscribe();
  }

  /** Reads the newest page and the members. */
  async open(): Promise<void> {
    const members = await this.#store.listMembers(this.#chatId);
    this.#contents.update((before) => ({ ...before, members: new Map([...byId(members), ...before.members]) }));
    await this.#readBelow();
  }

  /** Brings older entries in: from the store while it has some, then from the server. */
  async loadOlder(): Promise<void> {
    const { entries, moreStored } = this.#contents.value;
    if (moreStored) {
      await this.#readBelow();
      return;
    }
    const first = entries[0];
    if (first !== undefined && isGap(first)) {
      await this.fillGap(first.position);
    }
  }

  /** Asks the server for what is missing at `position`, one page. */
  async fillGap(position: number): Promise<void> {
    const gap = this.#contents.value.entries.find((entry) => entry.position === position);
    if (gap === undefined || !isGap(gap) || this.#contents.value.filling.has(position)) {
      return;
    }
    this.#mark(position, { filling: true, failed: false });
    try {
      const answer = await this.#api.messagesBefore(this.#chatId, gap.token, PAGE);
      await this.#store.write((write) => fill(write, this.#chatId, position, gap.token, answer));
      this.#mark(position, { filling: false, failed: false });
    } catch {
      this.#mark(position, { filling: false, failed: true });
    }
  }

  #readBelow(): Promise<void> {
    this.#reading ??= this.#readPage().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readPage(): Promise<void> {
    const page = await this.#store.listEntriesBelow(this.#chatId, this.#lowest, PAGE);
    this.#lowest = page[0]?.position ?? this.#lowest;
    this.#contents.update((before) => ({
      ...before,
      entries: merged(page, before.entries),
      loaded: true,
      moreStored: page.length === PAGE,
    }));
  }

  #take(change: StoreChange): void {
    const timeline = change.timelines.get(this.#chatId);
    const members = change.members.get(this.#chatId);
    if (timeline === undefined && members === undefined) {
      return;
    }
    if (change.chats.get(this.#chatId) === null) {
      this.#contents.update((before) => ({ ...before, entries: [], moreStored: false }));
      return;
    }
    this.#contents.update((before) => ({
      ...before,
      entries: timeline === undefined ? before.entries : this.#changed(before.entries, timeline.put, timeline.removed),
      members: members === undefined ? before.members : new Map([...before.members, ...byId(members)]),
    }));
  }

  /**
   * Entries below the window wait in the store until they are scrolled to, unless they adjoin it: a gap's filling.
   * The browser runs a read and a write of the same table one after the other, so what is committed before the
   * first page was read is in that page.
   */
  #changed(
    before: readonly TimelineEntry[],
    put: ReadonlyMap<number, TimelineEntry>,
    removed: ReadonlySet<number>,
  ): readonly TimelineEntry[] {
    if (!this.#contents.value.loaded) {
      return before;
    }
    if (!this.#contents.value.moreStored) {
      this.#lowest = Math.min(this.#lowest, ...put.keys());
    }
    const shown = [...put.values()].filter(({ position }) => position >= this.#lowest);
    const kept = removed.size === 0 ? before : before.filter(({ position }) => !removed.has(position));
    return merged(kept, shown);
  }

  #mark(position: number, as: { filling: boolean; failed: boolean }): void {
    this.#contents.update((before) => ({
      ...before,
      filling: toggled(before.filling, position, as.filling),
      failed: toggled(before.failed, position, as.failed),
    }));
  }
}

function byId(members: readonly MemberRecord[]): [string, MemberRecord][] {
  return members.map((member) => [member.userId, member]);
}

/** Both in order of position; where both have one, the second's counts. */
function merged(one: readonly TimelineEntry[], other: readonly TimelineEntry[]): readonly TimelineEntry[] {
  const last = one.at(-1);
  const first = other.reduce((lowest, { position }) => Math.min(lowest, position), Number.POSITIVE_INFINITY);
  if (last === undefined || last.position < first) {
    return [...one, ...inOrder(other)];
  }
  const byPosition = new Map([...one, ...other].map((entry) => [entry.position, entry]));
  return inOrder([...byPosition.values()]);
}

function inOrder(entries: readonly TimelineEntry[]): TimelineEntry[] {
  return entries.toSorted((one, other) => one.position - other.position);
}

function toggled(positions: ReadonlySet<number>, position: number, present: boolean): ReadonlySet<number> {
  const after = new Set(positions);
  if (present) {
    after.add(position);
  } else {
    after.delete(position);
  }
  return after;
}
