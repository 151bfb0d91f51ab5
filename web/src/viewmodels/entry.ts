import type { Signal } from "../lib/signal.ts";
import type { ServerApi } from "../matrix/api/server.ts";
import type { SignedInAnswer } from "../matrix/api/wire.ts";
import type { Page } from "../platform/types.ts";
import type { Problem } from "./common.types.ts";
import { problemOf } from "./problem.ts";

/** What the ways in, signing in, signing up and setting up, share. */
export interface Entry {
  readonly server: ServerApi;
  readonly page: Page;
  readonly serverName: string | null;
  /** Opens the app for whom the server has just let in. */
  enter(answer: SignedInAnswer): Promise<void>;
}

interface Busy {
  readonly busy: boolean;
  readonly problem: Problem | null;
}

/** Runs one try to get in; how it went is in the snapshot. A second one while it runs is ignored. */
export async function tryToEnter<Snapshot extends Busy>(
  snapshot: Signal<Snapshot>,
  meaning: Parameters<typeof problemOf>[1],
  work: () => Promise<void>,
): Promise<void> {
  if (snapshot.value.busy) {
    return;
  }
  snapshot.update((before) => ({ ...before, busy: true, problem: null }));
  try {
    await work();
    snapshot.update((before) => ({ ...before, busy: false }));
  } catch (error) {
    snapshot.update((before) => ({ ...before, busy: false, problem: problemOf(error, meaning) }));
  }
}
