import type { Content } from "../api/wire.ts";

/** What the local database keeps. Records are immutable: a change is a new record. */

export interface Credentials {
  readonly userId: string;
  readonly deviceId: string;
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** This account set the server up: its person is told of what only an administrator can mend. */
  readonly administrator: boolean;
}

export interface ChatRecord {
  readonly chatId: string;
  /** "leave": removed by somebody else; own leaving erases the chat instead. */
  readonly membership: "join" | "invite" | "leave";
  readonly name: string | null;
  readonly heroes: readonly PersonRecord[];
  readonly joinedCount: number;
  readonly invitedCount: number;
  readonly unreadCount: number;
  readonly highlightCount: number;
  readonly lastActivityMs: number | null;
  readonly preview: PreviewRecord | null;
  /** Position of the newest entry; the next event comes after it. */
  readonly topPosition: number;
  /** Up to where this person has read, on whatever device. */
  readonly ownReadPosition: number | null;
  /** The server counts what is unread from here on, until something was read. */
  readonly ownJoinPosition: number | null;
  /** Up to where the furthest of the others has read. */
  readonly othersReadPosition: number | null;
  readonly mayWrite: boolean;
  readonly encrypted: boolean;
  /** Invitations only. */
  readonly inviter: PersonRecord | null;
  /** Invitations only: meant as a one-to-one chat. */
  readonly invitedToDirect: boolean;
  /** All members are known here; otherwise only those who wrote, and heroes. */
  readonly membersComplete: boolean;
}

export interface PersonRecord {
  readonly userId: string;
  readonly name: string | null;
}

interface PreviewRecord {
  readonly event: EventRecord;
  readonly senderName: string | null;
  readonly position: number;
}

export interface EventRecord {
  readonly eventId: string;
  readonly type: string;
  readonly sender: string;
  readonly stateKey: string | null;
  readonly content: Content;
  readonly previousContent: Content | null;
  readonly sentAtMs: number;
  /** Given only for what this device sent. */
  readonly transactionId: string | null;
  readonly redacted: boolean;
  readonly edit: EditRecord | null;
}

export interface EditRecord {
  readonly eventId: string;
  readonly sender: string;
  readonly content: Content;
  readonly sentAtMs: number;
}

/**
 * One place in a chat's timeline. Positions grow with time and leave room for what is missing: each run of
 * events known without holes begins `GAP_WIDTH` after the one before it, and is filled downwards.
 */
export type TimelineEntry = EventEntry | GapEntry;

export interface EventEntry {
  readonly chatId: string;
  readonly position: number;
  readonly eventId: string;
  readonly event: EventRecord;
}

/** What lies between the entry below and the one above is unknown; `token` asks for it, backwards. */
export interface GapEntry {
  readonly chatId: string;
  readonly position: number;
  readonly token: string;
}

export const GAP_WIDTH = 2 ** 24;

export function isGap(entry: TimelineEntry): entry is GapEntry {
  return "token" in entry;
}

export interface MemberRecord {
  readonly chatId: string;
  readonly userId: string;
  readonly name: string | null;
  readonly membership: "join" | "invite" | "leave" | "ban" | "knock";
}

export interface StateRecord {
  readonly chatId: string;
  readonly type: string;
  readonly stateKey: string;
  readonly eventId: string;
  readonly sender: string;
  readonly content: Content;
}

/** An edit whose message is not here yet. */
export interface WaitingEdit extends EditRecord {
  readonly chatId: string;
  readonly targetId: string;
}

/** A receipt for an event that is not here (yet). */
export interface WaitingReceipt {
  readonly chatId: string;
  readonly userId: string;
  readonly eventId: string;
}

export interface OutboxRecord {
  /** Made once when the message was written; the server takes each but once. */
  readonly transactionId: string;
  readonly chatId: string;
  /** Order of writing, over all chats. */
  readonly sequence: number;
  readonly type: string;
  readonly content: Content;
  readonly writtenAtMs: number;
  readonly state: "waiting" | "sent" | "failed";
  /** Known when "sent": shown until the event itself arrives. */
  readonly eventId: string | null;
}

export interface DraftRecord {
  readonly chatId: string;
  readonly text: string;
}

export interface AccountDataRecord {
  readonly type: string;
  readonly content: Content;
}

/** A chat nothing is known of. */
export const EMPTY_CHAT: Omit<ChatRecord, "chatId"> = {
  membership: "join",
  name: null,
  heroes: [],
  joinedCount: 0,
  invitedCount: 0,
  unreadCount: 0,
  highlightCount: 0,
  lastActivityMs: null,
  preview: null,
  topPosition: 0,
  ownReadPosition: null,
  ownJoinPosition: null,
  othersReadPosition: null,
  mayWrite: true,
  encrypted: false,
  inviter: null,
  invitedToDirect: false,
  membersComplete: false,
};
