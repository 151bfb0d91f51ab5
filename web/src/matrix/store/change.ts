import type { Content } from "../api/wire.ts";
import type { ChatRecord, MemberRecord, OutboxRecord, TimelineEntry } from "./records.ts";

/** What one committed write changed: all that is on the screen is brought up to date from this. */
export class StoreChange {
  /** Null: the chat was erased. */
  readonly chats = new Map<string, ChatRecord | null>();
  readonly timelines = new Map<string, TimelineChange>();
  readonly members = new Map<string, MemberRecord[]>();
  readonly accountData = new Map<string, Content>();
  /** Null: removed, sent and arrived or discarded. */
  readonly outbox = new Map<string, OutboxRecord | null>();
  readonly drafts = new Map<string, string>();

  timeline(chatId: string): TimelineChange {
    let change = this.timelines.get(chatId);
    if (change === undefined) {
      change = { put: new Map(), removed: new Set() };
      this.timelines.set(chatId, change);
    }
    return change;
  }

  get isEmpty(): boolean {
    return [this.chats, this.timelines, this.members, this.accountData, this.outbox, this.drafts].every(
      (part) => part.size === 0,
    );
  }
}

/** By position. */
export interface TimelineChange {
  readonly put: Map<number, TimelineEntry>;
  readonly removed: Set<number>;
}
