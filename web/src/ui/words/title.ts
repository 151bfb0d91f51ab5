import type { Translator } from "../../i18n/format.ts";
import type { ChatTitle } from "../../viewmodels/common.types.ts";

/** What a chat is called, in words. */
export function titleText(words: Translator, title: ChatTitle): string {
  switch (title.kind) {
    case "named":
      return title.name;
    case "people":
      return title.others > 0
        ? words.t("chat.title_others", { names: title.names.join(", "), count: title.others })
        : words.list(title.names);
    case "empty":
      return title.formerName === null
        ? words.t("chat.title_alone")
        : words.t("chat.title_former", { name: title.formerName });
  }
}

/** Who is writing now, in words; empty when nobody is. */
export function typingText(words: Translator, names: readonly string[]): string {
  const [first, second] = names;
  if (first === undefined) return "";
  if (second === undefined) return words.t("chat.typing_one", { name: first });
  if (names.length === 2) return words.t("chat.typing_two", { first, second });
  return words.t("chat.typing_many", { count: names.length });
}
