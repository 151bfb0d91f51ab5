import { vi } from "vitest";

/** Resolves when `check` passes, also on a machine that is busy with other things. */
export function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 15_000, interval: 10 });
}
