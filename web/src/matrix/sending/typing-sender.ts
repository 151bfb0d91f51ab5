import type { Clock } from "../../platform/types.ts";
import type { AccountApi } from "../api/account.ts";

/** The others see "writing" for this long after the last word of it. */
const TYPING_TIMEOUT_MS = 8_000;
/** Said again this often while the writing goes on. */
const REPEAT_AFTER_MS = 5_000;

/** Tells the others of one chat that this person is writing, sparingly; that it was not heard matters to nobody. */
export class TypingSender {
  readonly #chatId: string;
  readonly #api: AccountApi;
  readonly #clock: Clock;
  #saidAtMs = Number.NEGATIVE_INFINITY;
  #cancelEnd: () => void = () => {};

  constructor(chatId: string, api: AccountApi, clock: Clock) {
    this.#chatId = chatId;
    this.#api = api;
    this.#clock = clock;
  }

  writing(): void {
    this.#cancelEnd();
    this.#cancelEnd = this.#clock.after(TYPING_TIMEOUT_MS, () => this.ended(false));
    if (this.#clock.nowMs() - this.#saidAtMs >= REPEAT_AFTER_MS) {
      this.#saidAtMs = this.#clock.nowMs();
      this.#say(true);
    }
  }

  /** `sent`: with a message, which by itself tells the others. */
  ended(sent: boolean): void {
    this.#cancelEnd();
    const said = this.#saidAtMs !== Number.NEGATIVE_INFINITY;
    this.#saidAtMs = Number.NEGATIVE_INFINITY;
    if (said && !sent) {
      this.#say(false);
    }
  }

  #say(typing: boolean): void {
    this.#api.setTyping(this.#chatId, typing, TYPING_TIMEOUT_MS).catch(() => {});
  }
}
