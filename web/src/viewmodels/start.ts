import { Signal } from "../lib/signal.ts";
import type { Account } from "../matrix/account.ts";
import { Refused, Unreachable } from "../matrix/api/errors.ts";
import { ServerApi } from "../matrix/api/server.ts";
import type { ServerFacts, SignedInAnswer } from "../matrix/api/wire.ts";
import type { Credentials } from "../matrix/store/records.ts";
import { DATABASE_NAME, type Database, openDatabase } from "../matrix/store/schema.ts";
import { findCredentials, keepCredentials } from "../matrix/store/sign-in-record.ts";
import type { HeldLock, Platform } from "../platform/types.ts";
import type { Entry } from "./entry.ts";
import { SetupModel } from "./setup.ts";
import type { SetupViewModel } from "./setup.types.ts";
import { SignInModel } from "./sign-in.ts";
import type { SignInViewModel } from "./sign-in.types.ts";
import { SignUpModel } from "./sign-up.ts";
import type { SignUpViewModel } from "./sign-up.types.ts";
import type { StartSnapshot, StartViewModel } from "./start.types.ts";

const LOCK_NAME = "sottovoce";

export interface StartOptions {
  /** From the setup link, null if the app was opened without. */
  readonly setupCode: string | null;
}

export function createStart(platform: Platform, options: StartOptions): StartViewModel {
  return new StartModel(platform, options);
}

type SignInNotice = Extract<StartSnapshot, { screen: "sign-in" }>["notice"];

/** Decides which screen the app opens with, and holds whoever is signed in. */
class StartModel implements StartViewModel {
  readonly snapshot = new Signal<StartSnapshot>({ screen: "loading" });
  readonly #platform: Platform;
  readonly #options: StartOptions;
  readonly #server: ServerApi;
  readonly #unsubscribe: () => void;
  #facts: ServerFacts | null = null;
  #account: Account | null = null;
  #lock: HeldLock | null = null;

  constructor(platform: Platform, options: StartOptions) {
    this.#platform = platform;
    this.#options = options;
    const { clock, fetch, page } = platform;
    this.#server = new ServerApi({ origin: page.origin, clock, fetch });
    this.#unsubscribe = platform.network.online.subscribe((online) => this.#onNetwork(online));
    void this.#begin(false);
  }

  dispose(): void {
    this.#unsubscribe();
    this.#close();
  }

  retry(): void {
    if (this.snapshot.value.screen === "unreachable") {
      this.snapshot.set({ screen: "unreachable", retrying: true });
      void this.#askServer(null);
    }
  }

  useHere(): void {
    this.snapshot.set({ screen: "loading" });
    void this.#begin(true);
  }

  signIn(): SignInViewModel {
    return new SignInModel(this.#entry(false));
  }

  signUp(): SignUpViewModel {
    return new SignUpModel(this.#entry(false));
  }

  setup(): SetupViewModel {
    return new SetupModel(this.#entry(true), this.#options.setupCode);
  }

  #entry(administrator: boolean): Entry {
    return {
      server: this.#server,
      page: this.#platform.page,
      serverName: this.#facts?.name ?? null,
      enter: (answer) => this.#enter(answer, administrator),
    };
  }

  async #begin(steal: boolean): Promise<void> {
    const database = await this.#openDatabase();
    if (database === null) {
      return;
    }
    const credentials = await findCredentials(database);
    if (credentials === null) {
      database.close();
      await this.#askServer(null);
    } else {
      await this.#open(database, credentials, steal);
    }
  }

  async #enter(answer: SignedInAnswer, administrator: boolean): Promise<void> {
    const credentials: Credentials = {
      userId: answer.user_id,
      deviceId: answer.device_id,
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token ?? null,
      administrator,
    };
    const database = await this.#openDatabase();
    if (database !== null) {
      await keepCredentials(database, credentials);
      await this.#open(database, credentials, true);
    }
  }

  async #openDatabase(): Promise<Database | null> {
    try {
      return await openDatabase(this.#platform.databases.factory);
    } catch (problem) {
      console.error("store.open.failed", problem);
      this.snapshot.set({ screen: "storage-unavailable" });
      return null;
    }
  }

  async #open(database: Database, credentials: Credentials, steal: boolean): Promise<void> {
    const onLost = (): void => this.#lost();
    this.#lock = await this.#platform.locks.hold(LOCK_NAME, { steal, onLost });
    if (this.#lock === null) {
      database.close();
      this.snapshot.set({ screen: "open-elsewhere" });
      return;
    }
    const { chatsOf, openAccount } = await import("./signed-in.ts");
    const account = await openAccount(this.#platform, database, credentials, () => {
      void this.#leave("signed-out-elsewhere");
    });
    this.#account = account;
    this.snapshot.set({ screen: "chats", chats: chatsOf(account, () => this.#signOut(account)) });
    // What is here is shown first; then the rest of the program is loaded and the server asked.
    this.#platform.clock.after(0, () => {
      if (this.#account === account) {
        account.start();
      }
    });
  }

  #lost(): void {
    this.#account?.stop();
    this.#account = null;
    this.#lock = null;
    this.snapshot.set({ screen: "open-elsewhere" });
  }

  async #signOut(account: Account): Promise<void> {
    try {
      await account.api.logOut();
    } catch (problem) {
      // The person wants to be gone from this device, whatever the server says or does not say.
      if (!(problem instanceof Refused || problem instanceof Unreachable)) {
        throw problem;
      }
    }
    await this.#leave("signed-out");
  }

  async #leave(notice: SignInNotice): Promise<void> {
    if (this.#account === null) {
      return;
    }
    this.#close();
    await this.#platform.databases.remove(DATABASE_NAME);
    await this.#askServer(notice);
  }

  #close(): void {
    this.#account?.stop();
    this.#account = null;
    this.#lock?.release();
    this.#lock = null;
  }

  async #askServer(notice: SignInNotice): Promise<void> {
    try {
      this.#facts = await this.#server.facts();
    } catch (problem) {
      if (problem instanceof Unreachable || (problem instanceof Refused && problem.isPassing)) {
        // Whoever has just signed out wants to see that they are, with or without a network.
        this.snapshot.set(
          notice === null ? { screen: "unreachable", retrying: false } : signInScreen(this.#facts, notice),
        );
        return;
      }
      // A Matrix server that is not ours knows nothing of the question.
      this.#facts = null;
    }
    this.snapshot.set(
      this.#facts?.setup_needed
        ? { screen: "setup", code: this.#options.setupCode }
        : signInScreen(this.#facts, notice),
    );
  }

  #onNetwork(online: boolean): void {
    if (online) {
      this.retry();
    }
  }
}

function signInScreen(facts: ServerFacts | null, notice: SignInNotice): StartSnapshot {
  const registrationOpen = facts?.registration === "open";
  return { screen: "sign-in", serverName: facts?.name ?? null, registrationOpen, notice };
}
