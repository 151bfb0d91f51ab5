import type { Locks } from "../types.ts";

type Message = { readonly kind: "who-holds" } | { readonly kind: "i-hold" } | { readonly kind: "taken" };

/** A tab that holds the lock answers much sooner than this. */
const ANSWER_WITHIN_MS = 200;

/** Locks by messages between tabs: good enough where the browser has nothing better. */
export function channelLocks(): Locks {
  return {
    async hold(name, { steal, onLost }) {
      const channel = new BroadcastChannel(`lock ${name}`);
      const say = (message: Message): void => channel.postMessage(message);
      if (!steal && (await isHeld(channel, say))) {
        channel.close();
        return null;
      }
      say({ kind: "taken" });
      channel.onmessage = ({ data }: MessageEvent<Message>) => {
        if (data.kind === "who-holds") {
          say({ kind: "i-hold" });
        } else if (data.kind === "taken") {
          channel.close();
          onLost();
        }
      };
      return { release: () => channel.close() };
    },
  };
}

function isHeld(channel: BroadcastChannel, say: (message: Message) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), ANSWER_WITHIN_MS);
    channel.onmessage = ({ data }: MessageEvent<Message>) => {
      if (data.kind === "i-hold") {
        clearTimeout(timer);
        resolve(true);
      }
    };
    say({ kind: "who-holds" });
  });
}
