import { LocalStore } from "../matrix/store/local-store.ts";
import type { TimelineEntry } from "../matrix/store/records.ts";
import { isGap } from "../matrix/store/records.ts";
import { openDatabase } from "../matrix/store/schema.ts";
import { prepare } from "../matrix/sync/prepare.ts";
import { writeSync } from "../matrix/sync/write.ts";
import { ANNA } from "./builders.ts";
import { FakePlatform } from "./platform.ts";

export async function emptyStore(platform = new FakePlatform(() => Promise.reject(new TypeError("no network")))) {
  return new LocalStore(await openDatabase(platform.databases.factory));
}

/** Writes a server's answer as the sync of Anna's app does. */
export function takeSync(store: LocalStore, answer: object): Promise<void> {
  return store.write((write) => writeSync(write, ANNA, prepare(answer)));
}

/** The whole timeline in words: the texts of messages, types of others, `gap TOKEN`. */
export async function timelineOf(store: LocalStore, chatId: string): Promise<string[]> {
  return (await store.listEntriesBelow(chatId, Number.POSITIVE_INFINITY, 10_000)).map(inWords);
}

export function inWords(entry: TimelineEntry): string {
  if (isGap(entry)) {
    return `gap ${entry.token}`;
  }
  const { content, edit, redacted, type } = entry.event;
  return redacted ? "redacted" : String(edit?.content["body"] ?? content["body"] ?? type);
}
