import type { Random } from "../../platform/types.ts";

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/** How long to wait after `failures` failures in a row: doubling, with a random part so that not all return at once. */
export function backoffMs(failures: number, random: Random): number {
  const longest = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
  return Math.round(longest * (0.5 + random.fraction() / 2));
}
