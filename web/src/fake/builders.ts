import type { Content, WireEvent } from "../matrix/api/wire.ts";
import { START_MS } from "./platform.ts";

/** Pieces of a server's answers, for tests. */

export const ANNA = "@anna:example.org";
export const BRUNO = "@bruno:example.org";
export const CARLA = "@carla:example.org";
export const CHAT = "!chat:example.org";

let made = 0;

export function event(type: string, sender: string, content: Content, more: Partial<WireEvent> = {}): WireEvent {
  made += 1;
  return { type, sender, content, event_id: `$${made}`, origin_server_ts: START_MS + made * 1000, ...more };
}

export function message(sender: string, body: string, more: Partial<WireEvent> = {}): WireEvent {
  return event("m.room.message", sender, { msgtype: "m.text", body }, more);
}

export function member(
  userId: string,
  membership: string,
  more: Partial<WireEvent> & { name?: string } = {},
): WireEvent {
  const { name, ...rest } = more;
  const displayname = name ?? capitalised(userId);
  return event("m.room.member", userId, { membership, displayname }, { state_key: userId, ...rest });
}

export function state(type: string, sender: string, content: Content, stateKey = ""): WireEvent {
  return event(type, sender, content, { state_key: stateKey });
}

export function edit(sender: string, targetId: string, body: string, more: Partial<WireEvent> = {}): WireEvent {
  const content = {
    msgtype: "m.text",
    body: `* ${body}`,
    "m.new_content": { msgtype: "m.text", body },
    "m.relates_to": { rel_type: "m.replace", event_id: targetId },
  };
  return event("m.room.message", sender, content, more);
}

export interface RoomPart {
  readonly timeline?: readonly WireEvent[];
  readonly limited?: boolean;
  readonly previous?: string;
  readonly state?: readonly WireEvent[];
  readonly receipts?: Readonly<Record<string, string>>;
  readonly typing?: readonly string[];
  readonly heroes?: readonly string[];
  readonly joined?: number;
  readonly invited?: number;
  readonly unread?: number;
  readonly highlights?: number;
}

/** The part of a sync that tells of one joined chat. `receipts`: event id by user id. */
export function room(part: RoomPart): object {
  const receipts = Object.entries(part.receipts ?? {}).map(([userId, eventId]) => ({
    type: "m.receipt",
    content: { [eventId]: { "m.read": { [userId]: { ts: 1 } } } },
  }));
  const typing = part.typing === undefined ? [] : [{ type: "m.typing", content: { user_ids: part.typing } }];
  return {
    timeline: { events: part.timeline ?? [], limited: part.limited ?? false, prev_batch: part.previous },
    state: { events: part.state ?? [] },
    ephemeral: { events: [...receipts, ...typing] },
    summary: {
      "m.heroes": part.heroes,
      "m.joined_member_count": part.joined,
      "m.invited_member_count": part.invited,
    },
    unread_notifications: { notification_count: part.unread, highlight_count: part.highlights },
    account_data: { events: [] },
  };
}

export function sync(token: string, join: Readonly<Record<string, object>>, more: object = {}): object {
  return { next_batch: token, rooms: { join, ...more }, account_data: { events: [] } };
}

function capitalised(userId: string): string {
  const name = userId.slice(1, userId.indexOf(":"));
  return name.charAt(0).toUpperCase() + name.slice(1);
}
