import { Signal } from "../lib/signal.ts";
import { type Entry, tryToEnter } from "./entry.ts";
import type { SignInSnapshot, SignInViewModel } from "./sign-in.types.ts";

export class SignInModel implements SignInViewModel {
  readonly snapshot: Signal<SignInSnapshot>;
  readonly #entry: Entry;

  constructor(entry: Entry) {
    this.#entry = entry;
    this.snapshot = new Signal<SignInSnapshot>({ busy: false, problem: null, serverName: entry.serverName });
  }

  dispose(): void {}

  signIn(name: string, password: string): Promise<void> {
    const { server, page, enter } = this.#entry;
    return tryToEnter(this.snapshot, { M_FORBIDDEN: "wrong-password" }, async () => {
      await enter(await server.signIn(userOf(name), password, page.deviceName));
    });
  }
}

/** Names are in small letters; phones like to begin with a capital. */
function userOf(name: string): string {
  const trimmed = name.trim();
  return trimmed.startsWith("@") && trimmed.includes(":") ? trimmed : trimmed.replace(/^@/, "").toLowerCase();
}
