import type { Platform } from "../../platform/types.ts";
import type { AccountApi } from "../api/account.ts";
import { Refused, Unreachable } from "../api/errors.ts";
import type { LocalStore } from "../store/local-store.ts";
import type { OutboxRecord } from "../store/records.ts";
import { backoffMs } from "./backoff.ts";

export interface LaneParts {
  readonly store: LocalStore;
  readonly api: AccountApi;
  readonly platform: Platform;
  onWaiting(waiting: boolean): void;
}

/** One chat's messages, leaving one after the other in the order they were written. */
export class Lane {
  readonly #chatId: string;
  readonly #parts: LaneParts;
  #running = false;
  #runAgain = false;
  #stopped = false;
  #failures = 0;
  #wake: (() => void) | null = null;

  constructor(chatId: string, parts: LaneParts) {
    this.#chatId = chatId;
    this.#parts = parts;
  }

  /** Sends what waits, if that is not being done already. */
  run(): void {
    this.#runAgain = true;
    if (!this.#running && !this.#stopped) {
      void this.#run();
    }
  }

  /** Ends a wait for the next try. */
  retryNow(): void {
    this.#wake?.();
  }

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#runAgain && !this.#stopped) {
      this.#runAgain = false;
      for (let next = await this.#next(); next !== null; next = await this.#next()) {
        await this.#try(next);
      }
    }
    this.#running = false;
  }

  async #next(): Promise<OutboxRecord | null> {
    if (this.#stopped) {
      return null;
    }
    const messages = await this.#parts.store.listOutbox();
    const waiting = messages.filter(({ chatId, state }) => chatId === this.#chatId && state === "waiting");
    return waiting.sort((one, other) => one.sequence - other.sequence)[0] ?? null;
  }

  async #try(message: OutboxRecord): Promise<void> {
    const { api, platform } = this.#parts;
    const { chatId, type, transactionId, content } = message;
    if (!platform.network.online.value) {
      await this.#wait(null);
      return;
    }
    try {
      const eventId = await api.send(chatId, type, transactionId, content);
      await this.#sent(message, eventId);
      this.#failures = 0;
      this.#parts.onWaiting(false);
    } catch (problem) {
      await this.#failed(message, problem);
    }
  }

  /** The event itself may have arrived before this answer. */
  async #sent(message: OutboxRecord, eventId: string): Promise<void> {
    await this.#parts.store.write(async (write) => {
      const current = await write.findOutbox(message.transactionId);
      if (current === null) {
        return;
      }
      if ((await write.findEvent(message.chatId, eventId)) !== null) {
        write.removeOutbox(message.transactionId);
      } else {
        write.putOutbox({ ...current, state: "sent", eventId });
      }
    });
  }

  async #failed(message: OutboxRecord, problem: unknown): Promise<void> {
    if (problem instanceof Unreachable || (problem instanceof Refused && isPassing(problem))) {
      this.#failures += 1;
      const told = problem instanceof Refused ? problem.retryAfterMs : null;
      await this.#wait(told ?? backoffMs(this.#failures, this.#parts.platform.random));
    } else if (problem instanceof Refused) {
      await this.#parts.store.write(async (write) => {
        const current = await write.findOutbox(message.transactionId);
        if (current !== null) {
          write.putOutbox({ ...current, state: "failed" });
        }
      });
    } else {
      throw problem;
    }
  }

  /** `delayMs` null: until the network returns. */
  async #wait(delayMs: number | null): Promise<void> {
    if (this.#stopped) {
      return;
    }
    this.#parts.onWaiting(true);
    await new Promise<void>((resolve) => {
      const cancel = delayMs === null ? () => {} : this.#parts.platform.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
    this.#wake = null;
  }
}

/** A token that is not accepted is no fault of the message: it stays for the person who signs in again. */
function isPassing(problem: Refused): boolean {
  return problem.isPassing || problem.errcode === "M_UNKNOWN_TOKEN";
}
