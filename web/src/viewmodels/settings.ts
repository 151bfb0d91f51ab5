import { Disposables } from "../lib/disposables.ts";
import { Signal } from "../lib/signal.ts";
import type { Account } from "../matrix/account.ts";
import type { Language, Theme } from "../platform/types.ts";
import { personOf } from "./people.ts";
import { problemOf } from "./problem.ts";
import type { SettingsSnapshot, SettingsViewModel } from "./settings.types.ts";

export class SettingsModel implements SettingsViewModel {
  readonly snapshot: Signal<SettingsSnapshot>;
  readonly #account: Account;
  readonly #signOut: () => Promise<void>;
  readonly #disposables = new Disposables();

  constructor(account: Account, signOut: () => Promise<void>) {
    this.#account = account;
    this.#signOut = signOut;
    const { platform, me, chats } = account;
    const at = { savingName: false, signingOut: false, problem: null };
    this.snapshot = new Signal<SettingsSnapshot>({ ...this.#facts(), ...at });
    for (const source of [platform.preferences.current, me.name, chats.contents]) {
      this.#disposables.add((source as Signal<unknown>).subscribe(() => this.#update(this.#facts())));
    }
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  async setName(name: string): Promise<void> {
    const trimmed = name.trim();
    if (trimmed === "") {
      return;
    }
    this.#update({ savingName: true, problem: null });
    try {
      await this.#account.me.setName(trimmed);
      this.#update({ savingName: false });
    } catch (error) {
      this.#update({ savingName: false, problem: problemOf(error) });
    }
  }

  setLanguage(language: Language): void {
    this.#account.platform.preferences.change({ language });
  }

  setTheme(theme: Theme): void {
    this.#account.platform.preferences.change({ theme });
  }

  async signOut(): Promise<void> {
    this.#update({ signingOut: true });
    await this.#signOut();
  }

  #facts(): Pick<SettingsSnapshot, "me" | "language" | "theme" | "unsentCount"> {
    const { credentials, me, platform, chats } = this.#account;
    const { language, theme } = platform.preferences.current.value;
    const unsentCount = chats.contents.value.outbox.filter(({ state }) => state !== "sent").length;
    return { me: personOf(credentials.userId, me.name.value), language, theme, unsentCount };
  }

  #update(part: Partial<SettingsSnapshot>): void {
    this.snapshot.update((before) => ({ ...before, ...part }));
  }
}
