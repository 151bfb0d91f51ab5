import { Signal } from "../lib/signal.ts";
import type { Account } from "../matrix/account.ts";
import { FindPerson } from "./find-person.ts";
import type { NewChatSnapshot, NewChatViewModel } from "./new-chat.types.ts";
import { problemOf } from "./problem.ts";

export class NewChatModel implements NewChatViewModel {
  readonly snapshot: Signal<NewChatSnapshot>;
  readonly #account: Account;
  readonly #people: FindPerson;
  readonly #unsubscribe: () => void;

  constructor(account: Account) {
    this.#account = account;
    this.#people = new FindPerson(account);
    this.snapshot = new Signal<NewChatSnapshot>({ ...this.#people.finding.value, opening: false, problem: null });
    this.#unsubscribe = this.#people.finding.subscribe((finding) => this.#update(finding));
  }

  dispose(): void {
    this.#unsubscribe();
    this.#people.dispose();
  }

  find(text: string): void {
    this.#update({ problem: null });
    this.#people.find(text);
  }

  async open(userId: string): Promise<string | null> {
    const { directs } = this.#account;
    const existing = directs.find(userId);
    if (existing !== null || this.snapshot.value.opening) {
      return existing;
    }
    this.#update({ opening: true, problem: null });
    try {
      const chatId = await directs.create(userId);
      this.#update({ opening: false });
      return chatId;
    } catch (error) {
      this.#update({ opening: false, problem: problemOf(error) });
      return null;
    }
  }

  #update(part: Partial<NewChatSnapshot>): void {
    this.snapshot.update((before) => ({ ...before, ...part }));
  }
}
