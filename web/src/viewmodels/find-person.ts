import { folded } from "../lib/folded.ts";
import { type ReadonlySignal, Signal } from "../lib/signal.ts";
import type { Account } from "../matrix/account.ts";
import { Refused } from "../matrix/api/errors.ts";
import type { FindResult, KnownPerson } from "./new-chat.types.ts";
import { personOf } from "./people.ts";
import { problemOf } from "./problem.ts";

const LOOK_UP_AFTER_MS = 350;
const KNOWN_AT_MOST = 20;

export interface Finding {
  readonly known: readonly KnownPerson[];
  readonly found: FindResult;
}

/** Finds people by what is typed: those known already, at once, and whoever has exactly that address, a moment later. */
export class FindPerson {
  readonly #account: Account;
  readonly #known: readonly KnownPerson[];
  readonly #finding: Signal<Finding>;
  #cancel: () => void = () => {};
  #asked = 0;

  constructor(account: Account) {
    this.#account = account;
    this.#known = knownPeople(account);
    this.#finding = new Signal<Finding>({ known: this.#known.slice(0, KNOWN_AT_MOST), found: { kind: "idle" } });
  }

  get finding(): ReadonlySignal<Finding> {
    return this.#finding;
  }

  dispose(): void {
    this.#cancel();
    this.#asked += 1;
  }

  find(text: string): void {
    this.dispose();
    const wanted = text.trim();
    const userId = addressOf(wanted, this.#account.credentials.userId);
    const known = this.#known.filter((person) => matches(person, wanted)).slice(0, KNOWN_AT_MOST);
    this.#finding.set({ known, found: { kind: userId === null ? "idle" : "searching" } });
    if (userId !== null) {
      const asked = this.#asked;
      this.#cancel = this.#account.platform.clock.after(LOOK_UP_AFTER_MS, () => void this.#lookUp(userId, asked));
    }
  }

  async #lookUp(userId: string, asked: number): Promise<void> {
    const found = await this.#found(userId);
    if (asked === this.#asked) {
      this.#finding.update((before) => ({ ...before, found }));
    }
  }

  async #found(userId: string): Promise<FindResult> {
    const { credentials, api, directs } = this.#account;
    if (userId === credentials.userId) {
      return { kind: "yourself" };
    }
    try {
      const { displayname } = await api.profile(userId);
      return { kind: "found", person: { ...personOf(userId, displayname), chatId: directs.find(userId) } };
    } catch (error) {
      const nobody = error instanceof Refused && [400, 403, 404].includes(error.status);
      return nobody ? { kind: "nobody" } : { kind: "problem", problem: problemOf(error) };
    }
  }
}

/** People this person has a chat with, whom one wrote with last first. */
function knownPeople(account: Account): KnownPerson[] {
  const { chats } = account.chats.contents.value;
  const recent = [...chats.values()]
    .filter(({ membership }) => membership === "join")
    .sort((one, other) => (other.lastActivityMs ?? 0) - (one.lastActivityMs ?? 0));
  const people = new Map<string, KnownPerson>();
  for (const { userId, name } of recent.flatMap((chat) => chat.heroes)) {
    if (!people.has(userId) && userId !== account.credentials.userId) {
      people.set(userId, { ...personOf(userId, name), chatId: account.directs.find(userId) });
    }
  }
  return [...people.values()];
}

function matches(person: KnownPerson, text: string): boolean {
  const wanted = folded(text.replace(/^@/, ""));
  return folded(person.name).includes(wanted) || folded(person.address).includes(wanted);
}

/** The full address that `text` may stand for, or null if it cannot be one. Spec: appendices, User Identifiers. */
function addressOf(text: string, me: string): string | null {
  const bare = text.replace(/^@/, "");
  if (bare === "" || /\s/.test(bare)) {
    return null;
  }
  if (!bare.includes(":")) {
    return `@${bare.toLowerCase()}:${me.slice(me.indexOf(":") + 1)}`;
  }
  return /^[^:]+:[^:]/.test(bare) ? `@${bare}` : null;
}
