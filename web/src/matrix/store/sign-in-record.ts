import type { Credentials } from "./records.ts";
import type { Database } from "./schema.ts";

/** Who is signed in on this device: needed before anything else of the store is loaded. */
export async function findCredentials(database: Database): Promise<Credentials | null> {
  const value = await database.get("values", "credentials");
  return value === undefined || typeof value === "string" ? null : value;
}

export async function keepCredentials(database: Database, credentials: Credentials): Promise<void> {
  await database.put("values", credentials, "credentials");
}
