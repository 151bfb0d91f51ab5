import type { Problem, ViewModel } from "./common.types.ts";

export interface SignInSnapshot {
  readonly busy: boolean;
  readonly problem: Problem | null;
  readonly serverName: string | null;
}

export interface SignInVerbs {
  /** `name`: `bob` or `@bob:server`. Resolves when it ended either way; the outcome is in the snapshot or in start's. */
  signIn(name: string, password: string): Promise<void>;
}

export type SignInViewModel = ViewModel<SignInSnapshot> & SignInVerbs;
