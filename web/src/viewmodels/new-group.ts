import { Signal } from "../lib/signal.ts";
import type { Account } from "../matrix/account.ts";
import type { Person } from "./common.types.ts";
import { FindPerson } from "./find-person.ts";
import type { NewGroupSnapshot, NewGroupViewModel } from "./new-group.types.ts";
import { problemOf } from "./problem.ts";

export class NewGroupModel implements NewGroupViewModel {
  readonly snapshot: Signal<NewGroupSnapshot>;
  readonly #account: Account;
  readonly #people: FindPerson;
  readonly #unsubscribe: () => void;

  constructor(account: Account) {
    this.#account = account;
    this.#people = new FindPerson(account);
    const empty = { picked: [], creating: false, problem: null };
    this.snapshot = new Signal<NewGroupSnapshot>({ ...this.#people.finding.value, ...empty });
    this.#unsubscribe = this.#people.finding.subscribe((finding) => this.#update(finding));
  }

  dispose(): void {
    this.#unsubscribe();
    this.#people.dispose();
  }

  find(text: string): void {
    this.#people.find(text);
  }

  pick(person: Person): void {
    this.unpick(person.userId);
    this.#update({ picked: [...this.snapshot.value.picked, person] });
  }

  unpick(userId: string): void {
    this.#update({ picked: this.snapshot.value.picked.filter((person) => person.userId !== userId) });
  }

  async create(name: string): Promise<string | null> {
    if (this.snapshot.value.creating) {
      return null;
    }
    this.#update({ creating: true, problem: null });
    try {
      const invite = this.snapshot.value.picked.map(({ userId }) => userId);
      const chatId = await this.#account.api.createRoom({ name: name.trim(), invite, preset: "private_chat" });
      this.#update({ creating: false });
      return chatId;
    } catch (error) {
      this.#update({ creating: false, problem: problemOf(error) });
      return null;
    }
  }

  #update(part: Partial<NewGroupSnapshot>): void {
    this.snapshot.update((before) => ({ ...before, ...part }));
  }
}
