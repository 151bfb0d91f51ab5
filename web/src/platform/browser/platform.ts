import type { Platform } from "../types.ts";
import { browserClock } from "./clock.ts";
import { browserDatabases } from "./databases.ts";
import { browserFetch } from "./fetch.ts";
import { browserLocks } from "./locks.ts";
import { browserNetwork } from "./network.ts";
import { browserPage } from "./page.ts";
import { browserPreferences } from "./preferences.ts";
import { browserRandom } from "./random.ts";

export function browserPlatform(): Platform {
  return {
    fetch: browserFetch,
    clock: browserClock,
    random: browserRandom,
    databases: browserDatabases,
    network: browserNetwork(),
    locks: browserLocks(),
    preferences: browserPreferences(),
    page: browserPage(),
  };
}
