import type { HeldLock, Locks } from "../types.ts";
import { channelLocks } from "./channel-locks.ts";

/** A page that is loaded again finds the lock still held by what it was before, for a moment. */
const WAIT_AT_MOST_MS = 500;

/** Browsers withhold Web Locks where there is no TLS: there the tabs ask each other. */
export function browserLocks(): Locks {
  return "locks" in navigator ? webLocks(navigator.locks) : channelLocks();
}

function webLocks(manager: LockManager): Locks {
  return {
    hold: (name, { steal, onLost }) =>
      new Promise((resolve, reject) => {
        const tooLong = new AbortController();
        const timer = setTimeout(() => tooLong.abort(), WAIT_AT_MOST_MS);
        let held = false;
        const use = (): Promise<void> => {
          held = true;
          clearTimeout(timer);
          return new Promise((release) => {
            resolve({ release } satisfies HeldLock);
          });
        };
        const options: LockOptions = steal ? { steal: true } : { signal: tooLong.signal };
        manager.request(name, options, use).catch((problem: unknown) => {
          if (held) {
            onLost();
          } else if (tooLong.signal.aborted) {
            resolve(null);
          } else {
            reject(problem);
          }
        });
      }),
  };
}
