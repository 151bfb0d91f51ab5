import type { Person, Problem, ViewModel } from "./common.types.ts";

export interface NewChatSnapshot {
  /** People one shares a chat with, filtered by what was typed; at most 20. */
  readonly known: readonly KnownPerson[];
  /** Outcome of looking up exactly what was typed. */
  readonly found: FindResult;
  readonly opening: boolean;
  readonly problem: Problem | null;
}

export interface KnownPerson extends Person {
  /** The one-to-one chat that exists already, null if none. */
  readonly chatId: string | null;
}

export type FindResult =
  | { readonly kind: "idle" }
  | { readonly kind: "searching" }
  | { readonly kind: "found"; readonly person: KnownPerson }
  | { readonly kind: "nobody" }
  | { readonly kind: "yourself" }
  | { readonly kind: "problem"; readonly problem: Problem };

export interface NewChatVerbs {
  /** To be called at each keystroke; looks up after a pause. `text`: `bob`, `@bob:server`, or part of a known name. */
  find(text: string): void;
  /** Opens the chat with this person, making it if there is none. Resolves with its id, or null (see `problem`). */
  open(userId: string): Promise<string | null>;
}

export type NewChatViewModel = ViewModel<NewChatSnapshot> & NewChatVerbs;
