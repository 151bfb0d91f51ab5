import type { Content } from "../matrix/api/wire.ts";
import type { EventRecord } from "../matrix/store/records.ts";
import { replyTargetOf, shownContentOf, textOf } from "../matrix/timeline/events.ts";
import type { MessageBody } from "./chat.types.ts";
import type { UnsupportedKind } from "./chat-list.types.ts";

const UNSUPPORTED_BY_TYPE: Readonly<Record<string, UnsupportedKind>> = {
  "m.room.encrypted": "encrypted",
  "m.sticker": "sticker",
  "m.poll.start": "poll",
  "org.matrix.msc3381.poll.start": "poll",
};

const UNSUPPORTED_BY_MSGTYPE: Readonly<Record<string, UnsupportedKind>> = {
  "m.image": "photo",
  "m.video": "video",
  "m.audio": "voice",
  "m.file": "file",
  "m.location": "place",
};

const TEXT_MSGTYPES = new Set(["m.text", "m.notice", "m.emote"]);
const BIG_EMOJI_AT_MOST = 3;

export function bodyOf(event: EventRecord): MessageBody {
  return event.redacted ? { kind: "deleted" } : bodyOfContent(event.type, shownContentOf(event), isReply(event));
}

/** `reply`: older apps put a copy of the quoted message before the text; it is taken away. */
export function bodyOfContent(type: string, content: Content, reply: boolean): MessageBody {
  const given = textOf(content["body"]) ?? "";
  const text = reply ? withoutQuote(given) : given;
  const msgtype = textOf(content["msgtype"]) ?? "";
  if (type === "m.room.message" && TEXT_MSGTYPES.has(msgtype)) {
    return { kind: "text", text, emote: msgtype === "m.emote", bigEmoji: isBigEmoji(text) };
  }
  return { kind: "unsupported", what: UNSUPPORTED_BY_TYPE[type] ?? UNSUPPORTED_BY_MSGTYPE[msgtype] ?? "other", text };
}

function isReply(event: EventRecord): boolean {
  return replyTargetOf(event.content) !== null;
}

/** Spec: client-server, Rich replies, the fallback of versions before 1.13. */
function withoutQuote(text: string): string {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("> "));
  return end > 0 && lines[end] === "" ? lines.slice(end + 1).join("\n") : text;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3)/u;

function isBigEmoji(text: string): boolean {
  // No three emoji are longer than this.
  if (text.length > 60) {
    return false;
  }
  const parts = [...graphemes.segment(text)].map(({ segment }) => segment).filter((part) => part.trim() !== "");
  return parts.length > 0 && parts.length <= BIG_EMOJI_AT_MOST && parts.every((part) => EMOJI.test(part));
}
