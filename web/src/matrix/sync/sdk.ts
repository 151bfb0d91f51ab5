import { ClientEvent, createClient, Filter, type ICreateClientOpts, type MatrixClient, SyncState } from "matrix-js-sdk";
import { SyncStore, type SyncStoreOwner } from "./sync-store.ts";

/** The SDK, all of it, lives behind this file: it is loaded only when the first contact with the server is made. */

export interface SdkOptions extends SyncStoreOwner {
  readonly origin: string;
  readonly userId: string;
  readonly deviceId: string;
  /** Only tells the SDK that somebody is signed in: `fetch` puts the token that is valid now. */
  readonly accessToken: string;
  readonly fetch: typeof globalThis.fetch;
  onState(state: SdkState): void;
}

export type SdkState = "live" | "failing" | "stopped";

export interface Sdk {
  stop(): void;
  /** Do not wait for the next try. */
  retryNow(): void;
}

const FIRST_SYNC_EVENTS = 10;
const LATER_SYNC_EVENTS = 20;
const POLL_TIMEOUT_MS = 30_000;

export async function startSdk(options: SdkOptions): Promise<Sdk> {
  const client = createClient({
    baseUrl: options.origin,
    userId: options.userId,
    deviceId: options.deviceId,
    accessToken: options.accessToken,
    fetchFn: (input, init) => (isForCalls(input) ? Promise.resolve(unrecognised()) : options.fetch(input, init)),
    store: new SyncStore(options),
    disableVoip: true,
    logger: QUIET,
  });
  client.on(ClientEvent.Sync, (state) => {
    // It starts by itself, and looks for calls in every chat at every event: there are none.
    client.matrixRTC.stop();
    tell(options, state);
  });
  await client.startClient({
    initialSyncLimit: FIRST_SYNC_EVENTS,
    lazyLoadMembers: true,
    pollTimeout: POLL_TIMEOUT_MS,
    filter: syncFilter(options.userId),
  });
  return { stop: () => stop(client), retryNow: () => client.retryImmediately() };
}

/** Nobody's presence: it is not shown, so it is not paid for. */
function syncFilter(userId: string): Filter {
  const room = { timeline: { limit: LATER_SYNC_EVENTS }, state: { lazy_load_members: true } };
  return Filter.fromJson(userId, "", { presence: { not_types: ["*"] }, room });
}

/** The SDK asks at every start where calls are carried; nobody calls here, so the question is not sent. */
function isForCalls(input: string | URL | Request): boolean {
  return String(input).includes("/org.matrix.msc4143/rtc/transports");
}

function unrecognised(): Response {
  return Response.json({ errcode: "M_UNRECOGNIZED", error: "not asked" }, { status: 404 });
}

function tell(options: SdkOptions, state: SyncState): void {
  if (state === SyncState.Error) {
    options.onState("failing");
  } else if (state === SyncState.Stopped) {
    options.onState("stopped");
  } else if (state !== SyncState.Reconnecting && state !== SyncState.Catchup) {
    options.onState("live");
  }
}

function stop(client: MatrixClient): void {
  client.removeAllListeners();
  client.stopClient();
}

/** The SDK tells of every request; only what went wrong is worth a line. */
const QUIET: NonNullable<ICreateClientOpts["logger"]> = {
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: (...message: unknown[]) => console.warn(...message),
  error: (...message: unknown[]) => console.error(...message),
  getChild: () => QUIET,
};
