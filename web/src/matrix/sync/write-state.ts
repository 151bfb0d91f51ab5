import type { Content, WireEvent } from "../api/wire.ts";
import type { ChatRecord, MemberRecord, PersonRecord } from "../store/records.ts";
import type { StoreWrite } from "../store/write.ts";
import { textOf } from "../timeline/events.ts";

const MEMBERSHIPS = new Set(["join", "invite", "leave", "ban", "knock"]);
const HEROES_AT_MOST = 5;

export function putStateEvent(write: StoreWrite, chatId: string, event: WireEvent): void {
  const stateKey = event.state_key ?? "";
  const { type, sender, content } = event;
  if (type === "m.room.member") {
    write.putMember(memberOf(chatId, event));
  } else {
    write.putState({ chatId, type, stateKey, eventId: event.event_id, sender, content });
  }
}

export function memberOf(chatId: string, event: WireEvent): MemberRecord {
  const membership = String(event.content["membership"]);
  return {
    chatId,
    userId: event.state_key ?? event.sender,
    name: textOf(event.content["displayname"]),
    membership: (MEMBERSHIPS.has(membership) ? membership : "leave") as MemberRecord["membership"],
  };
}

/** The chat with what `state`, the state events new in this sync, says of it. */
export async function withState(
  write: StoreWrite,
  me: string,
  before: ChatRecord,
  state: readonly WireEvent[],
): Promise<ChatRecord> {
  let chat = before;
  for (const { type, content } of state) {
    if (type === "m.room.name") {
      chat = { ...chat, name: textOf(content["name"]) || null };
    } else if (type === "m.room.encryption") {
      chat = { ...chat, encrypted: true };
    }
  }
  const powerChanged = state.some(({ type }) => type === "m.room.power_levels" || type === "m.room.create");
  return powerChanged ? { ...chat, mayWrite: await mayWrite(write, me, chat.chatId) } : chat;
}

/** Spec: client-server, m.room.power_levels; creators of newer chats stand above all levels. */
async function mayWrite(write: StoreWrite, me: string, chatId: string): Promise<boolean> {
  const create = await write.findState(chatId, "m.room.create", "");
  const creators = [create?.sender, ...list(create?.content["additional_creators"])];
  const levels = (await write.findState(chatId, "m.room.power_levels", ""))?.content;
  if (creators.includes(me) || levels === undefined) {
    return true;
  }
  const mine = number((levels["users"] as Content | undefined)?.[me]) ?? number(levels["users_default"]) ?? 0;
  const events = levels["events"] as Content | undefined;
  return mine >= (number(events?.["m.room.message"]) ?? number(levels["events_default"]) ?? 0);
}

/** Whose names the chat is called by when it has none of its own: as the server says, else whom we know. */
export async function heroesOf(
  write: StoreWrite,
  me: string,
  chat: ChatRecord,
  told: readonly string[] | null,
  state: readonly WireEvent[],
): Promise<readonly PersonRecord[]> {
  const membersChanged = state.some(({ type }) => type === "m.room.member");
  if (told === null && !membersChanged) {
    return chat.heroes;
  }
  const ids =
    told ?? (chat.heroes.length > 0 ? chat.heroes.map(({ userId }) => userId) : await others(write, me, chat));
  const heroes: PersonRecord[] = [];
  for (const userId of ids.slice(0, HEROES_AT_MOST)) {
    heroes.push({ userId, name: (await write.findMember(chat.chatId, userId))?.name ?? null });
  }
  return heroes;
}

async function others(write: StoreWrite, me: string, chat: ChatRecord): Promise<string[]> {
  const members = await write.listMembers(chat.chatId);
  return members
    .filter(({ userId, membership }) => userId !== me && (membership === "join" || membership === "invite"))
    .map(({ userId }) => userId);
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
