import type { Translator } from "../../i18n/format.ts";
import type { QuoteBody } from "../../viewmodels/chat.types.ts";
import type { Preview } from "../../viewmodels/chat-list.types.ts";
import { noticeText } from "./notice.ts";

function said(words: Translator, text: string, own: boolean, senderName: string | null): string {
  if (own) return words.t("chats.you", { text });
  return senderName === null ? text : words.t("chats.from", { name: senderName, text });
}

/** The line under a chat's name in the list. */
export function previewText(words: Translator, preview: Preview): string {
  switch (preview.kind) {
    case "none":
      return words.t("chats.empty_preview");
    case "message":
      return said(words, preview.text, preview.own, preview.senderName);
    case "draft":
      return words.t("chat.preview_draft", { text: preview.text });
    case "unsupported":
      return said(words, words.t(`kind.${preview.what}`), preview.own, preview.senderName);
    case "deleted":
      return words.t("chat.deleted");
    case "notice":
      return noticeText(words, preview.notice);
  }
}

/** A quoted message in one line. */
export function quoteText(words: Translator, body: QuoteBody): string {
  switch (body.kind) {
    case "text":
      return body.text;
    case "unsupported":
      return words.t(`kind.${body.what}`);
    case "deleted":
      return words.t("chat.deleted");
    case "unknown":
      return words.t("chat.reply_unknown");
  }
}
