import type { Account } from "./account.ts";
import { Refused, Unreachable } from "./api/errors.ts";
import type { EventRecord } from "./store/records.ts";
import { recordOf } from "./timeline/events.ts";

/** One message by its id, from the store or else from the server; null when neither gives it. */
export async function findMessage(account: Account, chatId: string, eventId: string): Promise<EventRecord | null> {
  const entry = await account.store.findEvent(chatId, eventId);
  if (entry !== null) {
    return entry.event;
  }
  try {
    return recordOf(await account.api.event(chatId, eventId));
  } catch (problem) {
    if (problem instanceof Refused || problem instanceof Unreachable) {
      return null;
    }
    throw problem;
  }
}
