import type { UnsupportedKind } from "./chat-list.types.ts";
import type { Avatar, ChatTitle, Connection, Person, Problem, ViewModel } from "./common.types.ts";
import type { Notice } from "./notice.types.ts";

export interface ChatSnapshot {
  readonly chatId: string;
  readonly header: ChatHeader;
  /** Oldest first; own unsent messages last. Rows keep their `key`, and unchanged rows their identity, between snapshots. */
  readonly rows: readonly TimelineRow[];
  /** False until the local store was read. */
  readonly loaded: boolean;
  readonly older: OlderState;
  readonly composer: Composer;
  readonly connection: Connection;
  /** Set when a verb (leave, …) failed; cleared by the next one. */
  readonly problem: Problem | null;
}

export interface ChatHeader {
  readonly title: ChatTitle;
  readonly avatar: Avatar;
  readonly group: boolean;
  readonly memberCount: number;
  /** For the members' panel; empty until `loadMembers()`. */
  readonly members: readonly ChatMember[];
  /** Display names of who is writing now, not the reader. */
  readonly typing: readonly string[];
  /** The other person of a one-to-one chat has not accepted yet. */
  readonly awaitingAnswer: boolean;
}

export interface ChatMember extends Person {
  readonly invited: boolean;
  readonly own: boolean;
}

/** Whether there is more before the first row. */
export type OlderState = "more" | "loading" | "beginning" | "failed";

export interface Composer {
  /** What was being written here when the chat was last left: read once when the chat opens. */
  readonly draft: string;
  readonly replyingTo: Quote | null;
  /** False: the reader is not in the chat any more, or may not write there. */
  readonly mayWrite: boolean;
}

export interface Quote {
  /** Row to jump to; null when it is not loaded. */
  readonly rowKey: string | null;
  readonly senderName: string;
  readonly senderColour: number;
  readonly own: boolean;
  readonly body: QuoteBody;
}

export type QuoteBody =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "unsupported"; readonly what: UnsupportedKind }
  | { readonly kind: "deleted" }
  | { readonly kind: "unknown" }; // not loaded

export type TimelineRow = DayRow | UnreadRow | GapRow | MessageRow | NoticeRow;

export interface DayRow {
  readonly kind: "day";
  readonly key: string;
  /** Midnight, local time. */
  readonly dayMs: number;
}

/** "New messages": before the first one that was unread when the chat was opened. */
export interface UnreadRow {
  readonly kind: "unread";
  readonly key: string;
}

/** Messages are missing here; being seen is enough: the view calls `fillGap(key)` when it shows it. */
export interface GapRow {
  readonly kind: "gap";
  readonly key: string;
  readonly state: "idle" | "loading" | "failed";
}

export interface MessageRow {
  readonly kind: "message";
  readonly key: string;
  /** Null until the server has it. */
  readonly messageId: string | null;
  readonly own: boolean;
  readonly sender: Sender;
  /** First and last of consecutive messages by the same person within some minutes. */
  readonly firstOfGroup: boolean;
  readonly lastOfGroup: boolean;
  readonly body: MessageBody;
  readonly replyTo: Quote | null;
  readonly sentAtMs: number;
  readonly edited: boolean;
  /** Null for others' messages. */
  readonly status: MessageStatus | null;
}

export interface Sender {
  readonly userId: string;
  readonly name: string;
  readonly avatar: Avatar;
}

export type MessageBody =
  /** `emote`: to be shown after the sender's name ("Anna waves"). `bigEmoji`: one to three emoji and nothing else. */
  | { readonly kind: "text"; readonly text: string; readonly emote: boolean; readonly bigEmoji: boolean }
  | { readonly kind: "deleted" }
  /** `text`: what the sender gave for apps that cannot show it; may be empty. */
  | { readonly kind: "unsupported"; readonly what: UnsupportedKind; readonly text: string };

export type MessageStatus =
  | "sending" // on its way
  | "waiting" // no network, or others before it; leaves by itself
  | "sent" // the server has it
  | "read" // somebody else's receipt is at it or after it
  | "failed"; // refused: offer resend and discard

export interface NoticeRow {
  readonly kind: "notice";
  readonly key: string;
  readonly notice: Notice;
  readonly atMs: number;
}

export interface ChatVerbs {
  loadOlder(): Promise<void>;
  fillGap(rowKey: string): Promise<void>;
  loadMembers(): Promise<void>;
  /** Takes the text (trimmed; blank is ignored) and the reply being written; leaves in order, once, now or later. */
  send(text: string): void;
  /** `rowKey`: of a message row the server has. */
  replyTo(rowKey: string): void;
  cancelReply(): void;
  resend(rowKey: string): void;
  discard(rowKey: string): void;
  /** To be called at each change of the composer: keeps the draft and tells the others (throttled). */
  typing(text: string): void;
  /** To be called when the last row is visible and the page has focus; throttled here. */
  markRead(): void;
  /** Resolves true when gone: the view then goes back to the list. */
  leave(): Promise<boolean>;
}

export type ChatViewModel = ViewModel<ChatSnapshot> & ChatVerbs;
