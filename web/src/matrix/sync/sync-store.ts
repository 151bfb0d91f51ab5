import { type ISyncResponse, MemoryStore } from "matrix-js-sdk";

type SavedSync = Awaited<ReturnType<MemoryStore["getSavedSync"]>>;

export interface SyncStoreOwner {
  findSyncToken(): Promise<string | null>;
  /** Everything of one answer of the server; the next is asked for when this resolves, never when it rejects. */
  take(answer: ISyncResponse): Promise<void>;
  filterId: string | null;
  keepFilterId(filterId: string): void;
}

/**
 * Where the SDK believes it keeps its data: it hands every sync to our store and starts from our token.
 *
 * The SDK is given no chats back at the start: it only transports. Everything shown comes from our store, which
 * also holds the state an encrypting SDK will want.
 */
export class SyncStore extends MemoryStore {
  readonly #owner: SyncStoreOwner;

  constructor(owner: SyncStoreOwner) {
    super();
    this.#owner = owner;
  }

  override setSyncData(answer: ISyncResponse): Promise<void> {
    return this.#owner.take(answer);
  }

  override getSavedSyncToken(): Promise<string | null> {
    return this.#owner.findSyncToken();
  }

  override async getSavedSync(): Promise<SavedSync> {
    const nextBatch = await this.#owner.findSyncToken();
    const roomsData = { join: {}, invite: {}, leave: {}, knock: {} };
    return nextBatch === null ? null : { nextBatch, roomsData, accountData: [] };
  }

  override getFilterIdByName(): string | null {
    return this.#owner.filterId;
  }

  override setFilterIdByName(_name: string, filterId?: string): void {
    if (filterId !== undefined) {
      this.#owner.keepFilterId(filterId);
    }
  }
}
