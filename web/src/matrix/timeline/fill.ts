import type { MessagesAnswer, WireEvent } from "../api/wire.ts";
import { type ChatRecord, isGap } from "../store/records.ts";
import type { StoreWrite } from "../store/write.ts";
import { edited, place } from "./place.ts";

/**
 * Fills the gap at `gapPosition` with the server's answer to the gap's token, newest event first.
 *
 * The gap moves down, below what came, or disappears: when the answer meets events that are known already,
 * or the chat's beginning. Does nothing if the gap was filled meanwhile.
 */
export async function fill(
  write: StoreWrite,
  chatId: string,
  gapPosition: number,
  token: string,
  answer: MessagesAnswer,
): Promise<void> {
  const gap = await write.findEntry(chatId, gapPosition);
  if (gap === null || !isGap(gap) || gap.token !== token) {
    return;
  }
  write.removeEntry(chatId, gapPosition);
  const { position, closed } = await putBelow(write, chatId, gapPosition, answer.chunk);
  if (!closed && answer.chunk.length > 0 && answer.end !== undefined && answer.end !== token) {
    write.putEntry({ chatId, position, token: answer.end });
  }
  await learnMembers(write, chatId, answer.state ?? []);
  await settleReceipts(write, chatId);
}

async function putBelow(
  write: StoreWrite,
  chatId: string,
  top: number,
  chunk: readonly WireEvent[],
): Promise<{ position: number; closed: boolean }> {
  let position = top;
  for (const event of chunk) {
    const known = await write.findEvent(chatId, event.event_id);
    if (known !== null && known.position < top) {
      return { position, closed: true };
    }
    if (known === null) {
      await putOld(write, chatId, position, event);
      position -= 1;
    }
    if (event.type === "m.room.create") {
      return { position, closed: true };
    }
  }
  return { position, closed: false };
}

/** An edit may have come before the message it changes. */
async function putOld(write: StoreWrite, chatId: string, position: number, event: WireEvent): Promise<void> {
  const [record] = await place(write, chatId, position, event);
  const waiting = await write.takeWaitingEdit(chatId, event.event_id);
  if (record !== undefined && waiting !== null) {
    write.putEntry({ chatId, position, eventId: record.eventId, event: edited(record, waiting) });
  }
}

/** The answer's members are as they were then: they only help with people not known at all. */
async function learnMembers(write: StoreWrite, chatId: string, state: readonly WireEvent[]): Promise<void> {
  for (const event of state) {
    const userId = event.state_key;
    if (event.type === "m.room.member" && userId !== undefined && (await write.findMember(chatId, userId)) === null) {
      const name = event.content["displayname"];
      // Whether the person is still there the complete list will tell.
      write.putMember({ chatId, userId, name: typeof name === "string" ? name : null, membership: "leave" });
    }
  }
}

/** Receipts that came before their event now find it. */
async function settleReceipts(write: StoreWrite, chatId: string): Promise<void> {
  for (const receipt of await write.listWaitingReceipts(chatId)) {
    const entry = await write.findEvent(chatId, receipt.eventId);
    if (entry !== null) {
      write.removeWaitingReceipt(chatId, receipt.userId);
      await write.changeChat(chatId, (chat) => readByOthers(chat, entry.position));
    }
  }
}

export function readByOthers(chat: ChatRecord, position: number): ChatRecord {
  return position > (chat.othersReadPosition ?? Number.NEGATIVE_INFINITY)
    ? { ...chat, othersReadPosition: position }
    : chat;
}

export function readByMe(chat: ChatRecord, position: number): ChatRecord {
  return position > (chat.ownReadPosition ?? Number.NEGATIVE_INFINITY) ? { ...chat, ownReadPosition: position } : chat;
}
