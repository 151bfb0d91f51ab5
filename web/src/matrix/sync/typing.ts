import { type ReadonlySignal, Signal } from "../../lib/signal.ts";

/** Who is writing where, this very moment: never stored. */
export class Typing {
  readonly #me: string;
  readonly #people = new Signal<ReadonlyMap<string, readonly string[]>>(new Map());

  constructor(me: string) {
    this.#me = me;
  }

  /** By chat; this person is never among them. */
  get people(): ReadonlySignal<ReadonlyMap<string, readonly string[]>> {
    return this.#people;
  }

  set(chatId: string, userIds: readonly string[]): void {
    const people = new Map(this.#people.value);
    people.set(
      chatId,
      userIds.filter((userId) => userId !== this.#me),
    );
    this.#people.set(people);
  }

  /** Whoever's message arrives is not writing it any more, whether they said so or not. */
  ended(chatId: string, senders: readonly string[]): void {
    const before = this.#people.value.get(chatId) ?? [];
    if (before.some((userId) => senders.includes(userId))) {
      this.set(
        chatId,
        before.filter((userId) => !senders.includes(userId)),
      );
    }
  }
}
