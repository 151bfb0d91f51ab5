import type { Avatar, ChatTitle, Connection, Person, Problem, ViewModel } from "./common.types.ts";
import type { Notice } from "./notice.types.ts";

export interface ChatListSnapshot {
  /** Newest activity first. */
  readonly chats: readonly ChatRow[];
  readonly invites: readonly InviteRow[];
  readonly connection: Connection;
  /** False until the local store was read: show nothing rather than "no chats". */
  readonly loaded: boolean;
  /** True until the first contents of a freshly signed-in account arrived. */
  readonly firstLoad: boolean;
  readonly me: Person;
  /** Sum of unread counts, for the tab's title and the badge. */
  readonly unreadTotal: number;
  /** True for the administrator on an address where the browser withholds features (plain http, not localhost). */
  readonly insecureAddress: boolean;
}

export interface ChatRow {
  readonly chatId: string;
  readonly title: ChatTitle;
  readonly avatar: Avatar;
  readonly group: boolean;
  readonly preview: Preview;
  /** Null when nothing was ever written. */
  readonly lastActivityMs: number | null;
  readonly unreadCount: number;
  /** Somebody called this person by name, or all. */
  readonly highlighted: boolean;
  /** Display names of who is writing now. */
  readonly typing: readonly string[];
  readonly selected: boolean;
}

export type Preview =
  | { readonly kind: "none" }
  | {
      readonly kind: "message";
      readonly text: string;
      readonly own: boolean;
      /** Given in groups, for others' messages. */
      readonly senderName: string | null;
      /** Own messages only. */
      readonly status: "sending" | "waiting" | "sent" | "read" | "failed" | null;
    }
  | { readonly kind: "draft"; readonly text: string }
  /** `senderName` null when own. */
  | {
      readonly kind: "unsupported";
      readonly what: UnsupportedKind;
      readonly own: boolean;
      readonly senderName: string | null;
    }
  | { readonly kind: "deleted"; readonly own: boolean }
  | { readonly kind: "notice"; readonly notice: Notice };

/** A message this version of the app cannot show in full. */
export type UnsupportedKind =
  | "photo"
  | "video"
  | "voice"
  | "file"
  | "place"
  | "poll"
  | "sticker"
  | "encrypted"
  | "other";

export interface InviteRow {
  readonly chatId: string;
  readonly title: ChatTitle;
  readonly avatar: Avatar;
  readonly group: boolean;
  readonly inviter: Person;
  readonly answering: boolean;
  readonly problem: Problem | null;
}

export interface ChatListVerbs {
  /** Marks the row as selected; null: none. Opening is the view's business. */
  select(chatId: string | null): void;
  /** Resolves true when joined (the chat may then be opened). */
  accept(chatId: string): Promise<boolean>;
  decline(chatId: string): Promise<void>;
}

export type ChatListViewModel = ViewModel<ChatListSnapshot> & ChatListVerbs;
