import type { ReadonlySignal } from "../lib/signal.ts";

export type { Connection } from "../matrix/sync/connection.ts";

/**
 * What every screen's view model offers: one immutable snapshot, and an end.
 *
 * Snapshots carry facts, never sentences: the view turns codes, names and times into words. Times are
 * milliseconds since 1970.
 */
export interface ViewModel<Snapshot> {
  readonly snapshot: ReadonlySignal<Snapshot>;
  dispose(): void;
}

export interface Avatar {
  /** One or two letters, or one emoji; never empty. */
  readonly initials: string;
  /** Index into the design's palette of people's colours, 0 to `AVATAR_COLOURS` − 1, the same everywhere for the same person. */
  readonly colour: number;
}

export const AVATAR_COLOURS = 8;

/** How a chat is called: its own name, or its other people's names. */
export type ChatTitle =
  | { readonly kind: "named"; readonly name: string }
  /** `names`: at most three; `others`: how many people more. */
  | { readonly kind: "people"; readonly names: readonly string[]; readonly others: number }
  /** Nobody else is there (yet, or any more). `formerName`: who the chat was with, if known. */
  | { readonly kind: "empty"; readonly formerName: string | null };

export interface Person {
  readonly userId: string;
  readonly name: string;
  readonly avatar: Avatar;
  /** The address to show when the name alone could be anybody's: `name@server` in the reader's form, e.g. `bob:example.org`. */
  readonly address: string;
}

/** Why something asked of the server did not succeed, for the view to put in words. */
export type Problem =
  /** No answer: no network, or the server is down. */
  | { readonly kind: "unreachable" }
  | { readonly kind: "wrong-password" }
  | { readonly kind: "wrong-code" }
  | { readonly kind: "already-set-up" }
  | { readonly kind: "name-taken" }
  | { readonly kind: "name-invalid" }
  | { readonly kind: "password-weak" }
  | { readonly kind: "server-name-invalid" }
  | { readonly kind: "registration-closed" }
  | { readonly kind: "account-disabled" }
  /** `retryAfterMs`: how long to wait, null when the server did not say. */
  | { readonly kind: "too-many-tries"; readonly retryAfterMs: number | null }
  | { readonly kind: "not-found" }
  | { readonly kind: "not-allowed" }
  /** Anything else; `text` is the server's own, for a small print only. */
  | { readonly kind: "other"; readonly text: string };
