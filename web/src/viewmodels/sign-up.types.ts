import type { Problem, ViewModel } from "./common.types.ts";

export interface SignUpSnapshot {
  readonly busy: boolean;
  readonly problem: Problem | null;
  readonly serverName: string | null;
}

export interface SignUpForm {
  /** Small letters, digits and `. _ = - / +`. */
  readonly username: string;
  readonly password: string;
  /** Empty: the user name. */
  readonly displayName: string;
}

export interface SignUpVerbs {
  signUp(form: SignUpForm): Promise<void>;
}

export type SignUpViewModel = ViewModel<SignUpSnapshot> & SignUpVerbs;
