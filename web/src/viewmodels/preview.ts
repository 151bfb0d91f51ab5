import type { ChatRecord, OutboxRecord } from "../matrix/store/records.ts";
import { isMessage } from "../matrix/timeline/events.ts";
import { bodyOf, bodyOfContent } from "./body.ts";
import type { MessageBody } from "./chat.types.ts";
import type { ChatRow, Preview } from "./chat-list.types.ts";
import { noticeOf } from "./notices.ts";
import { nameOf } from "./people.ts";

export interface PreviewInput {
  readonly me: string;
  readonly chat: ChatRecord;
  readonly group: boolean;
  readonly draft: string | undefined;
  /** The newest of this chat's unsent messages. */
  readonly unsent: OutboxRecord | undefined;
  readonly waiting: boolean;
}

type Status = Extract<Preview, { kind: "message" }>["status"];

/** The second line of a row in the list: what is being written, else what was written last. */
export function previewOf(input: PreviewInput): Preview {
  const { me, chat, draft, unsent } = input;
  if (draft !== undefined && draft.trim() !== "") {
    return { kind: "draft", text: draft };
  }
  if (unsent !== undefined) {
    return fromBody(bodyOfContent(unsent.type, unsent.content, false), true, null, unsentStatus(input, unsent));
  }
  if (chat.preview === null) {
    return { kind: "none" };
  }
  const { event, senderName } = chat.preview;
  if (!isMessage(event)) {
    const notice = noticeOf(event, { me, nameOf: (userId) => (userId === event.sender ? senderName : null) });
    return notice === null ? { kind: "none" } : { kind: "notice", notice };
  }
  const own = event.sender === me;
  const shownName = own || !input.group ? null : nameOf(event.sender, senderName);
  return fromBody(bodyOf(event), own, shownName, own ? sentStatus(chat) : null);
}

function fromBody(body: MessageBody, own: boolean, senderName: string | null, status: Status): Preview {
  switch (body.kind) {
    case "text":
      return { kind: "message", text: body.text, own, senderName, status };
    case "deleted":
      return { kind: "deleted", own };
    case "unsupported":
      return { kind: "unsupported", what: body.what, own, senderName };
  }
}

function unsentStatus(input: PreviewInput, unsent: OutboxRecord): Status {
  return unsent.state === "waiting" ? (input.waiting ? "waiting" : "sending") : unsent.state;
}

function sentStatus({ preview, othersReadPosition }: ChatRecord): Status {
  return preview !== null && preview.position <= (othersReadPosition ?? Number.NEGATIVE_INFINITY) ? "read" : "sent";
}

/** When the chat last saw anything: what is being sent counts. */
export function activityOf(chat: ChatRecord, unsent: OutboxRecord | undefined): ChatRow["lastActivityMs"] {
  return unsent === undefined ? chat.lastActivityMs : Math.max(unsent.writtenAtMs, chat.lastActivityMs ?? 0);
}
