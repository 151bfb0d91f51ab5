import type { HeldLock, Locks } from "../types.ts";
import { channelLocks } from "./channel-locks.ts";

/** Browsers withhold Web Locks where there is no TLS: there the tabs ask each other. */
export function browserLocks(): Locks {
  return "locks" in navigator ? webLocks(navigator.locks) : channelLocks();
}

function webLocks(manager: LockManager): Locks {
  return {
    hold: (name, { steal, onLost }) =>
      new Promise((resolve, reject) => {
        let held = false;
        const use = (lock: Lock | null): Promise<void> | null => {
          if (lock === null) {
            resolve(null);
            return null;
          }
          held = true;
          return new Promise((release) => {
            resolve({ release } satisfies HeldLock);
          });
        };
        // Taking a lock away and waiting for none cannot be asked together; taking never waits.
        const options: LockOptions = steal ? { steal: true } : { ifAvailable: true };
        manager.request(name, options, use).catch((problem: unknown) => (held ? onLost() : reject(problem)));
      }),
  };
}
