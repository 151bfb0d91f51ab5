import type { Translator } from "../../../i18n/format.ts";
import type { MessageBody } from "../../../viewmodels/chat.types.ts";

/** What a message says, as plain text. */
export function messageText(words: Translator, body: MessageBody): string {
  switch (body.kind) {
    case "text":
      return body.text;
    case "deleted":
      return words.t("chat.deleted");
    case "unsupported":
      return body.text === ""
        ? words.t(`kind.${body.what}`)
        : words.t("chats.from", { name: words.t(`kind.${body.what}`), text: body.text });
  }
}
