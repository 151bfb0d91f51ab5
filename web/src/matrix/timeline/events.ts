import type { Content, WireEvent } from "../api/wire.ts";
import type { EditRecord, EventRecord } from "../store/records.ts";

/** What an event says, read once here for whoever writes or shows it. */

export function recordOf(event: WireEvent): EventRecord {
  const bundled = event.unsigned?.["m.relations"]?.["m.replace"];
  return {
    eventId: event.event_id,
    type: event.type,
    sender: event.sender,
    stateKey: event.state_key ?? null,
    content: event.content,
    previousContent: event.unsigned?.prev_content ?? null,
    sentAtMs: event.origin_server_ts,
    transactionId: event.unsigned?.transaction_id ?? null,
    redacted: event.unsigned?.redacted_because !== undefined,
    edit: bundled === undefined || bundled.sender !== event.sender ? null : editOf(bundled),
  };
}

/** Null when the edit has no usable new content. Spec: client-server, Event replacements. */
export function editOf(event: WireEvent): EditRecord | null {
  const content = event.content?.["m.new_content"];
  if (typeof content !== "object" || content === null) {
    return null;
  }
  const { event_id, sender, origin_server_ts } = event;
  return { eventId: event_id, sender, sentAtMs: origin_server_ts, content: content as Content };
}

export function editTargetOf(content: Content): string | null {
  const relation = content["m.relates_to"] as Content | undefined;
  return relation?.["rel_type"] === "m.replace" ? textOf(relation["event_id"]) : null;
}

export function replyTargetOf(content: Content): string | null {
  const relation = content["m.relates_to"] as Content | undefined;
  const reply = relation?.["m.in_reply_to"] as Content | undefined;
  return textOf(reply?.["event_id"]);
}

export function redactionTargetOf(event: WireEvent): string | null {
  return event.type === "m.room.redaction" ? (event.redacts ?? textOf(event.content["redacts"])) : null;
}

/** The text to show now: the newest edit's, else the original's. */
export function shownContentOf(event: EventRecord): Content {
  return event.edit?.content ?? event.content;
}

const MESSAGE_TYPES = new Set([
  "m.room.message",
  "m.room.encrypted",
  "m.sticker",
  "m.poll.start",
  "org.matrix.msc3381.poll.start",
]);

/** Whether the event is somebody's message: a row of its own, rather than a notice or a change to another row. */
export function isMessage(event: { type: string; stateKey: string | null; content: Content }): boolean {
  return MESSAGE_TYPES.has(event.type) && event.stateKey === null && editTargetOf(event.content) === null;
}

/** Whether a membership event changes who is in the chat, rather than a name or a picture. */
export function changesMembership(event: EventRecord): boolean {
  return event.type === "m.room.member" && event.previousContent?.["membership"] !== event.content["membership"];
}

export function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
