import type { Platform } from "../platform/types.ts";
import { AccountApi } from "./api/account.ts";
import { Authorization } from "./api/authorization.ts";
import type { Transport } from "./api/request.ts";
import { Chats } from "./chats.ts";
import { Directs } from "./directs.ts";
import { Me } from "./me.ts";
import { Outbox } from "./sending/outbox.ts";
import { LocalStore } from "./store/local-store.ts";
import type { Credentials } from "./store/records.ts";
import type { Database } from "./store/schema.ts";
import { Sync } from "./sync/sync.ts";
import { Typing } from "./sync/typing.ts";

/** Everything of the signed-in person, put together: what view models are made from. */
export class Account {
  readonly platform: Platform;
  readonly credentials: Credentials;
  readonly store: LocalStore;
  readonly api: AccountApi;
  readonly chats: Chats;
  readonly directs: Directs;
  readonly me: Me;
  readonly outbox: Outbox;
  readonly typing: Typing;
  readonly sync: Sync;
  /** Nothing of the account had arrived when the app opened. */
  readonly firstTime: boolean;

  private constructor(
    platform: Platform,
    store: LocalStore,
    credentials: Credentials,
    authorization: Authorization,
    kept: { chats: Chats; ownName: string | null; firstTime: boolean },
  ) {
    const { userId } = credentials;
    const transport: Transport = { ...transportOf(platform), fetch: authorization.fetch };
    this.platform = platform;
    this.credentials = credentials;
    this.store = store;
    this.firstTime = kept.firstTime;
    this.chats = kept.chats;
    this.api = new AccountApi(transport, userId);
    this.me = new Me(userId, this.api, store, kept.ownName);
    this.directs = new Directs(this.chats, this.api);
    this.outbox = new Outbox(store, this.api, platform);
    this.typing = new Typing(userId);
    this.sync = new Sync({ platform, store, authorization, credentials, typing: this.typing });
  }

  /** Reads what is here; nothing is asked of the network yet. `onOver`: the server knows this sign-in no more. */
  static async open(
    platform: Platform,
    database: Database,
    credentials: Credentials,
    onOver: () => void,
  ): Promise<Account> {
    const store = new LocalStore(database);
    const save = (renewed: Credentials): Promise<void> => store.write((write) => write.putCredentials(renewed));
    const authorization = new Authorization(transportOf(platform), credentials, save, onOver);
    const [chats, token, ownName] = await Promise.all([Chats.read(store), store.findSyncToken(), store.findOwnName()]);
    return new Account(platform, store, credentials, authorization, { chats, ownName, firstTime: token === null });
  }

  /** Begins to talk with the server. */
  start(): void {
    void this.outbox.start();
    this.sync.connection.subscribe((connection) => {
      if (connection === "live") {
        this.outbox.retryNow();
      }
    });
    void this.sync.start();
    this.me.refresh().catch(() => {
      // Without an answer the name kept here stays.
    });
  }

  stop(): void {
    this.sync.stop();
    this.outbox.stop();
    this.chats.dispose();
    this.store.close();
  }
}

function transportOf(platform: Platform): Transport {
  return { origin: platform.page.origin, clock: platform.clock, fetch: platform.fetch };
}
