import type { WireEvent } from "../api/wire.ts";
import type { EditRecord, EventEntry, EventRecord } from "../store/records.ts";
import type { StoreWrite } from "../store/write.ts";
import { editOf, editTargetOf, recordOf, redactionTargetOf } from "./events.ts";

/**
 * Puts an event at a position of a chat's timeline and carries out what it does to others: an edit changes
 * its message, a redaction empties its target. Answers with every event that is now different, the placed one first.
 */
export async function place(
  write: StoreWrite,
  chatId: string,
  position: number,
  event: WireEvent,
): Promise<EventRecord[]> {
  const record = withoutEditText(recordOf(event));
  write.putEntry({ chatId, position, eventId: record.eventId, event: record });
  const target = record.redacted ? null : await changeTarget(write, chatId, event);
  return target === null ? [record] : [record, target];
}

/** An edit's text is kept with its message only, so that deleting the message deletes it. */
function withoutEditText(record: EventRecord): EventRecord {
  return editTargetOf(record.content) === null
    ? record
    : { ...record, content: { "m.relates_to": record.content["m.relates_to"] } };
}

async function changeTarget(write: StoreWrite, chatId: string, event: WireEvent): Promise<EventRecord | null> {
  const redacted = redactionTargetOf(event);
  if (redacted !== null) {
    return redactTarget(write, chatId, redacted);
  }
  const edited = editTargetOf(event.content);
  const edit = edited === null ? null : editOf(event);
  return edited === null || edit === null ? null : editTarget(write, chatId, edited, edit);
}

/** Delete means delete: the content leaves this device too, with what an edit had made of it. */
async function redactTarget(write: StoreWrite, chatId: string, targetId: string): Promise<EventRecord | null> {
  const entry = await write.findEvent(chatId, targetId);
  if (entry === null) {
    return null;
  }
  const editedId = editTargetOf(entry.event.content);
  const emptied = replaced(write, entry, {
    ...entry.event,
    // That it was an edit is kept: else it would look like a message of its own.
    content: editedId === null ? {} : { "m.relates_to": entry.event.content["m.relates_to"] },
    previousContent: null,
    edit: null,
    redacted: true,
  });
  return editedId === null ? emptied : withoutEdit(write, chatId, editedId, targetId);
}

async function withoutEdit(
  write: StoreWrite,
  chatId: string,
  editedId: string,
  editId: string,
): Promise<EventRecord | null> {
  const entry = await write.findEvent(chatId, editedId);
  return entry?.event.edit?.eventId === editId ? replaced(write, entry, { ...entry.event, edit: null }) : null;
}

async function editTarget(
  write: StoreWrite,
  chatId: string,
  targetId: string,
  edit: EditRecord,
): Promise<EventRecord | null> {
  const entry = await write.findEvent(chatId, targetId);
  if (entry !== null) {
    const event = edited(entry.event, edit);
    return event === entry.event ? null : replaced(write, entry, event);
  }
  const waiting = await write.takeWaitingEdit(chatId, targetId);
  const newest = waiting !== null && isNewer(waiting, edit) ? waiting : edit;
  write.putWaitingEdit({ ...newest, chatId, targetId });
  return null;
}

/** Spec: client-server, Event replacements: only the sender's own edits count, the newest of them. */
export function edited(event: EventRecord, edit: EditRecord): EventRecord {
  const counts =
    edit.sender === event.sender && !event.redacted && event.stateKey === null && event.edit?.eventId !== edit.eventId;
  return counts && (event.edit === null || isNewer(edit, event.edit)) ? { ...event, edit } : event;
}

function isNewer(one: EditRecord, other: EditRecord): boolean {
  return one.sentAtMs === other.sentAtMs ? one.eventId > other.eventId : one.sentAtMs > other.sentAtMs;
}

function replaced(write: StoreWrite, entry: EventEntry, event: EventRecord): EventRecord {
  write.putEntry({ ...entry, event });
  return event;
}
