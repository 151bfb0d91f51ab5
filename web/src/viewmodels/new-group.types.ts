import type { Person, Problem, ViewModel } from "./common.types.ts";
import type { FindResult, KnownPerson } from "./new-chat.types.ts";

export interface NewGroupSnapshot {
  readonly picked: readonly Person[];
  readonly known: readonly KnownPerson[];
  readonly found: FindResult;
  readonly creating: boolean;
  readonly problem: Problem | null;
}

export interface NewGroupVerbs {
  find(text: string): void;
  pick(person: Person): void;
  unpick(userId: string): void;
  /** Makes the group and invites the picked people. Resolves with the chat's id, or null (see `problem`). */
  create(name: string): Promise<string | null>;
}

export type NewGroupViewModel = ViewModel<NewGroupSnapshot> & NewGroupVerbs;
