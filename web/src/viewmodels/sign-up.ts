import { Signal } from "../lib/signal.ts";
import { type Entry, tryToEnter } from "./entry.ts";
import type { SignUpForm, SignUpSnapshot, SignUpViewModel } from "./sign-up.types.ts";

export class SignUpModel implements SignUpViewModel {
  readonly snapshot: Signal<SignUpSnapshot>;
  readonly #entry: Entry;

  constructor(entry: Entry) {
    this.#entry = entry;
    this.snapshot = new Signal<SignUpSnapshot>({ busy: false, problem: null, serverName: entry.serverName });
  }

  dispose(): void {}

  signUp(form: SignUpForm): Promise<void> {
    const { server, page, enter } = this.#entry;
    return tryToEnter(this.snapshot, { M_FORBIDDEN: "registration-closed" }, async () => {
      const answer = await server.signUp(form.username.trim().toLowerCase(), form.password, page.deviceName);
      const displayName = form.displayName.trim();
      if (displayName !== "") {
        await server.nameNewcomer(answer, displayName);
      }
      await enter(answer);
    });
  }
}
