import { type DBSchema, type IDBPDatabase, type IDBPTransaction, wrap } from "idb";
import type {
  AccountDataRecord,
  ChatRecord,
  Credentials,
  DraftRecord,
  MemberRecord,
  OutboxRecord,
  StateRecord,
  TimelineEntry,
  WaitingEdit,
  WaitingReceipt,
} from "./records.ts";

interface Schema extends DBSchema {
  values: { key: string; value: string | Credentials };
  accountData: { key: string; value: AccountDataRecord };
  chats: { key: string; value: ChatRecord };
  state: { key: [string, string, string]; value: StateRecord };
  members: { key: [string, string]; value: MemberRecord };
  timeline: { key: [string, number]; value: TimelineEntry; indexes: { byEvent: [string, string] } };
  waitingEdits: { key: [string, string]; value: WaitingEdit };
  waitingReceipts: { key: [string, string]; value: WaitingReceipt };
  outbox: { key: string; value: OutboxRecord };
  drafts: { key: string; value: DraftRecord };
}

export type StoreName =
  | "values"
  | "accountData"
  | "chats"
  | "state"
  | "members"
  | "timeline"
  | "waitingEdits"
  | "waitingReceipts"
  | "outbox"
  | "drafts";

export type Database = IDBPDatabase<Schema>;
export type WriteTransaction = IDBPTransaction<Schema, StoreName[], "readwrite">;

export const DATABASE_NAME = "sottovoce";
export const STORE_NAMES: StoreName[] = [
  "values",
  "accountData",
  "chats",
  "state",
  "members",
  "timeline",
  "waitingEdits",
  "waitingReceipts",
  "outbox",
  "drafts",
];

const SCHEMA_VERSION = 1;

/** Opens the database of this device's account, made empty if absent. */
export function openDatabase(factory: IDBFactory): Promise<Database> {
  return new Promise((resolve, reject) => {
    const opening = factory.open(DATABASE_NAME, SCHEMA_VERSION);
    opening.onupgradeneeded = () => createStores(opening.result);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      // Another tab upgrades or erases the database: holding it open would block that tab for ever.
      database.onversionchange = () => database.close();
      resolve(wrap(database) as Database);
    };
  });
}

function createStores(database: IDBDatabase): void {
  database.createObjectStore("values");
  database.createObjectStore("accountData", { keyPath: "type" });
  database.createObjectStore("chats", { keyPath: "chatId" });
  database.createObjectStore("state", { keyPath: ["chatId", "type", "stateKey"] });
  database.createObjectStore("members", { keyPath: ["chatId", "userId"] });
  const timeline = database.createObjectStore("timeline", { keyPath: ["chatId", "position"] });
  // Gaps have no eventId, so they are not in the index.
  timeline.createIndex("byEvent", ["chatId", "eventId"]);
  database.createObjectStore("waitingEdits", { keyPath: ["chatId", "targetId"] });
  database.createObjectStore("waitingReceipts", { keyPath: ["chatId", "userId"] });
  database.createObjectStore("outbox", { keyPath: "transactionId" });
  database.createObjectStore("drafts", { keyPath: "chatId" });
}
