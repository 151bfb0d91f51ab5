import type { WireEvent } from "../api/wire.ts";
import { type ChatRecord, EMPTY_CHAT, type EventRecord, GAP_WIDTH, type OutboxRecord } from "../store/records.ts";
import type { StoreWrite } from "../store/write.ts";
import { changesMembership, isMessage } from "../timeline/events.ts";
import { readByMe, readByOthers } from "../timeline/fill.ts";
import { place } from "../timeline/place.ts";
import type { JoinedChat } from "./prepare.ts";
import { heroesOf, putStateEvent, withState } from "./write-state.ts";

export async function writeJoinedChat(write: StoreWrite, me: string, joined: JoinedChat): Promise<void> {
  const known = await write.findChat(joined.chatId);
  // An invitation has a chat, but nothing of its timeline.
  const isNew = known === null || known.topPosition === 0;
  let chat: ChatRecord = { ...(known ?? { ...EMPTY_CHAT, chatId: joined.chatId }), membership: "join", inviter: null };
  const state = stateOf(joined);
  for (const event of state) {
    putStateEvent(write, chat.chatId, event);
  }
  chat = counted(chat, joined);
  chat = await withState(write, me, chat, state);
  chat = await withGap(write, chat, joined, isNew || known.membership === "leave");
  chat = await appendTimeline(write, me, chat, joined.timeline, isNew);
  chat = await withReceipts(write, me, chat, joined);
  write.putChat({ ...chat, heroes: await heroesOf(write, me, chat, joined.heroes, state) });
}

function stateOf(joined: JoinedChat): WireEvent[] {
  const fromTimeline = joined.timelineIsState ? joined.timeline.filter((event) => event.state_key !== undefined) : [];
  return [...joined.state, ...fromTimeline];
}

function counted(chat: ChatRecord, joined: JoinedChat): ChatRecord {
  return {
    ...chat,
    joinedCount: joined.joinedCount ?? chat.joinedCount,
    invitedCount: joined.invitedCount ?? chat.invitedCount,
    unreadCount: joined.unreadCount ?? chat.unreadCount,
    highlightCount: joined.highlightCount ?? chat.highlightCount,
  };
}

/** Leaves room, and the token that asks for it, where events are missing before this timeline. */
async function withGap(
  write: StoreWrite,
  chat: ChatRecord,
  joined: JoinedChat,
  isComing: boolean,
): Promise<ChatRecord> {
  const fromBeginning = joined.timeline[0]?.type === "m.room.create";
  const token = joined.previousToken;
  if (token === null || fromBeginning || !(joined.limited || isComing)) {
    return chat;
  }
  await dropUnechoed(write, chat.chatId);
  const position = chat.topPosition + GAP_WIDTH;
  write.putEntry({ chatId: chat.chatId, position, token });
  // Who came and went meanwhile is not told, as members are loaded lazily.
  return { ...chat, topPosition: position, membersComplete: false };
}

/** A message the server has, whose event now lies in the gap, would wait for ever. */
async function dropUnechoed(write: StoreWrite, chatId: string): Promise<void> {
  for (const message of await write.listOutbox(chatId)) {
    if (message.state === "sent") {
      write.removeOutbox(message.transactionId);
    }
  }
}

/**
 * Adds what is new of `events` at the end of the chat's timeline; answers with the chat as it then is.
 *
 * `isNew`: nothing of the chat is here, so nothing needs be looked for: a first sync brings thousands of events.
 */
export async function appendTimeline(
  write: StoreWrite,
  me: string,
  before: ChatRecord,
  events: readonly WireEvent[],
  isNew: boolean,
): Promise<ChatRecord> {
  const unsent = await write.listOutbox(before.chatId);
  let chat = before;
  for (const event of events) {
    if (!isNew && (await write.findEvent(chat.chatId, event.event_id)) !== null) {
      continue;
    }
    const position = chat.topPosition + 1;
    const changed = await place(write, chat.chatId, position, event);
    settleOwn(write, unsent, event);
    chat = afterEvent(me, { ...chat, topPosition: position }, changed);
  }
  return chat.preview === before.preview ? chat : withPreviewName(write, chat);
}

/** Once for all events: a first sync brings thousands. */
async function withPreviewName(write: StoreWrite, chat: ChatRecord): Promise<ChatRecord> {
  if (chat.preview === null) {
    return chat;
  }
  const senderName = (await write.findMember(chat.chatId, chat.preview.event.sender))?.name ?? null;
  return { ...chat, preview: { ...chat.preview, senderName } };
}

/** The message of the outbox that this event is, if any, is there no more. */
function settleOwn(write: StoreWrite, unsent: readonly OutboxRecord[], event: WireEvent): void {
  for (const { transactionId, eventId } of unsent) {
    if (transactionId === event.unsigned?.transaction_id || eventId === event.event_id) {
      write.removeOutbox(transactionId);
    }
  }
}

function afterEvent(me: string, chat: ChatRecord, changed: readonly EventRecord[]): ChatRecord {
  const [event, target] = changed;
  let after = chat;
  if (event !== undefined && isOwnJoin(me, event)) {
    after = { ...after, ownJoinPosition: after.topPosition };
  }
  if (event !== undefined && isMessage(event)) {
    // Whoever writes has read what stands above.
    after = event.sender === me ? readByMe(after, after.topPosition) : readByOthers(after, after.topPosition);
    after = { ...after, lastActivityMs: event.sentAtMs };
  }
  if (event !== undefined && mayBePreview(after, event)) {
    after = { ...after, preview: { event, senderName: null, position: after.topPosition } };
    after = { ...after, lastActivityMs: after.lastActivityMs ?? event.sentAtMs };
  }
  if (target !== undefined && after.preview?.event.eventId === target.eventId) {
    after = { ...after, preview: { ...after.preview, event: target } };
  }
  return after;
}

function isOwnJoin(me: string, event: EventRecord): boolean {
  return event.stateKey === me && event.content["membership"] === "join" && changesMembership(event);
}

/** Messages; what else happened only while nothing was written. */
function mayBePreview(chat: ChatRecord, event: EventRecord): boolean {
  if (isMessage(event)) {
    return true;
  }
  const nothingWritten = chat.preview === null || !isMessage(chat.preview.event);
  return nothingWritten && (event.type === "m.room.create" || changesMembership(event));
}

async function withReceipts(
  write: StoreWrite,
  me: string,
  before: ChatRecord,
  joined: JoinedChat,
): Promise<ChatRecord> {
  const read = joined.fullyReadEventId;
  const own = read === null ? [] : [{ userId: me, eventId: read }];
  let chat = before;
  for (const { userId, eventId } of [...joined.receipts, ...own]) {
    const entry = await write.findEvent(chat.chatId, eventId);
    if (userId === me) {
      chat = entry === null ? chat : readByMe(chat, entry.position);
    } else if (entry === null) {
      write.putWaitingReceipt({ chatId: chat.chatId, userId, eventId });
    } else {
      write.removeWaitingReceipt(chat.chatId, userId);
      chat = readByOthers(chat, entry.position);
    }
  }
  return chat;
}
