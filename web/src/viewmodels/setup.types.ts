import type { Problem, ViewModel } from "./common.types.ts";

export interface SetupSnapshot {
  readonly busy: boolean;
  readonly problem: Problem | null;
  /** What the browser's address suggests: host, with port unless standard. */
  readonly suggestedServerName: string;
  /** The code of the setup link; null: the person must open the printed link. */
  readonly code: string | null;
}

export interface SetupForm {
  readonly serverName: string;
  readonly username: string;
  readonly password: string;
  /** Empty: the user name. */
  readonly displayName: string;
}

export interface SetupVerbs {
  /** What to warn of before this name is fixed for good. Pure. */
  warningFor(serverName: string): "only-this-computer" | "address-may-change" | "not-a-name" | null;
  setUp(form: SetupForm): Promise<void>;
}

export type SetupViewModel = ViewModel<SetupSnapshot> & SetupVerbs;
