import type { Content, WireEvent } from "../api/wire.ts";

/**
 * First phase of a sync: the server's answer, checked and laid out as the next phases need it.
 *
 * It never fails: what is malformed is left out, alone, so that one chat's error stays in that chat.
 */
export interface PreparedSync {
  readonly token: string;
  readonly joined: readonly JoinedChat[];
  readonly invited: readonly InvitedChat[];
  readonly left: readonly LeftChat[];
  readonly accountData: ReadonlyMap<string, Content>;
}

export interface JoinedChat {
  readonly chatId: string;
  readonly state: readonly WireEvent[];
  readonly timeline: readonly WireEvent[];
  /** Apply the timeline's state too: false when `state` is as it stands after the timeline. */
  readonly timelineIsState: boolean;
  /** Events before the timeline were left out. */
  readonly limited: boolean;
  /** Asks for what came before the timeline. */
  readonly previousToken: string | null;
  readonly heroes: readonly string[] | null;
  readonly joinedCount: number | null;
  readonly invitedCount: number | null;
  readonly unreadCount: number | null;
  readonly highlightCount: number | null;
  readonly receipts: readonly Receipt[];
  /** Null: unchanged. */
  readonly typing: readonly string[] | null;
  readonly fullyReadEventId: string | null;
}

interface Receipt {
  readonly userId: string;
  readonly eventId: string;
}

export interface InvitedChat {
  readonly chatId: string;
  readonly state: readonly StrippedEvent[];
}

export type StrippedEvent = Pick<WireEvent, "type" | "sender" | "content" | "state_key">;

export interface LeftChat {
  readonly chatId: string;
  readonly timeline: readonly WireEvent[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Spec: client-server, Syncing. */
export function prepare(answer: unknown): PreparedSync {
  const sync = fields(answer);
  const rooms = fields(sync["rooms"]);
  const each = <Chat>(part: string, read: (chatId: string, room: Fields) => Chat): Chat[] =>
    Object.entries(fields(rooms[part])).map(([chatId, room]) => read(chatId, fields(room)));
  return {
    token: String(sync["next_batch"]),
    joined: each("join", joinedChat),
    invited: each("invite", invitedChat),
    left: each("leave", (chatId, room) => ({ chatId, timeline: events(fields(room["timeline"])) })),
    accountData: contents(fields(sync["account_data"])),
  };
}

function joinedChat(chatId: string, room: Fields): JoinedChat {
  const timeline = fields(room["timeline"]);
  const summary = fields(room["summary"]);
  const unread = fields(room["unread_notifications"]);
  const stateAfter = room["state_after"] ?? room["org.matrix.msc4222.state_after"];
  const heroes = summary["m.heroes"];
  const ephemeral = contents(fields(room["ephemeral"]));
  return {
    chatId,
    state: events(fields(stateAfter ?? room["state"])),
    timeline: events(timeline),
    timelineIsState: stateAfter === undefined,
    limited: timeline["limited"] === true,
    previousToken: text(timeline["prev_batch"]),
    heroes: Array.isArray(heroes) ? heroes.filter(isText) : null,
    joinedCount: count(summary["m.joined_member_count"]),
    invitedCount: count(summary["m.invited_member_count"]),
    unreadCount: count(unread["notification_count"]),
    highlightCount: count(unread["highlight_count"]),
    receipts: receipts(ephemeral.get("m.receipt")),
    typing: typing(ephemeral.get("m.typing")),
    fullyReadEventId: text(contents(fields(room["account_data"])).get("m.fully_read")?.["event_id"]),
  };
}

function invitedChat(chatId: string, room: Fields): InvitedChat {
  return { chatId, state: list(fields(room["invite_state"])).filter(isStripped) };
}

/** Spec: client-server, Receipts. Receipts of threads do not move the chat's own. */
function receipts(content: Content | undefined): Receipt[] {
  return Object.entries(content ?? {}).flatMap(([eventId, kinds]) =>
    ["m.read", "m.read.private"].flatMap((kind) =>
      Object.entries(fields(fields(kinds)[kind]))
        .filter(([, receipt]) => (fields(receipt)["thread_id"] ?? "main") === "main")
        .map(([userId]) => ({ userId, eventId })),
    ),
  );
}

function typing(content: Content | undefined): readonly string[] | null {
  const people = content?.["user_ids"];
  return Array.isArray(people) ? people.filter(isText) : null;
}

function contents(part: Fields): Map<string, Content> {
  return new Map(
    list(part).flatMap((event) => {
      const { type, content } = fields(event);
      return isText(type) ? [[type, fields(content)] as const] : [];
    }),
  );
}

function events(part: Fields): WireEvent[] {
  return list(part).filter(isEvent);
}

function list(part: Fields): unknown[] {
  return Array.isArray(part["events"]) ? part["events"] : [];
}

function isEvent(value: unknown): value is WireEvent {
  return (
    isStripped(value) && isText(fields(value)["event_id"]) && typeof fields(value)["origin_server_ts"] === "number"
  );
}

function isStripped(value: unknown): value is StrippedEvent {
  const { type, sender, content } = fields(value);
  return isText(type) && isText(sender) && typeof content === "object" && content !== null;
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function text(value: unknown): string | null {
  return isText(value) ? value : null;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function count(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
