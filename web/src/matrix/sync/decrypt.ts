import type { PreparedSync } from "./prepare.ts";

/**
 * Second phase of a sync: makes the messages readable, outside of any transaction.
 *
 * This version opens no encrypted message: they pass as they are and are shown as what they are. A message
 * that cannot be opened must never make this phase fail.
 */
export function decrypt(sync: PreparedSync): Promise<PreparedSync> {
  return Promise.resolve(sync);
}
