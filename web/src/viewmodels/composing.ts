import type { Content } from "../matrix/api/wire.ts";
import type { EventRecord } from "../matrix/store/records.ts";

/** The content of a text message, in answer to `replyingTo` if given. Spec: client-server, Rich replies and Mentions. */
export function contentOf(text: string, replyingTo: EventRecord | null, me: string): Content {
  const message = { msgtype: "m.text", body: text };
  if (replyingTo === null) {
    return { ...message, "m.mentions": {} };
  }
  // Who is answered is told, unless it is oneself.
  const mentions = replyingTo.sender === me ? {} : { user_ids: [replyingTo.sender] };
  return {
    ...message,
    "m.mentions": mentions,
    "m.relates_to": { "m.in_reply_to": { event_id: replyingTo.eventId } },
  };
}
