/**
 * Turns keys into sentences of one language.
 *
 * `en.json` types the keys; `it.json` has the same keys, placeholders and plural forms (a test compares them).
 * A sentence is whole, with `{name}` placeholders; one that counts is an object of plural forms chosen by `{count}`.
 */
import en from "./en.json";
import it from "./it.json";

export type MessageKey = keyof typeof en;
export type Values = Readonly<Record<string, string | number>>;
export type Language = "en" | "it";
type Sentence = string | Readonly<Record<string, string>>;

export const languages: readonly Language[] = ["en", "it"];

const catalogues: Readonly<Record<Language, Readonly<Record<MessageKey, Sentence>>>> = { en, it };

export interface Translator {
  readonly language: Language;
  /** The sentence for this key. A counted sentence needs `count` among the values. */
  t(key: MessageKey, values?: Values): string;
  /** Hours and minutes, as in "18:05". */
  time(atMs: number): string;
  /** "Today", "Yesterday", a weekday within the week, else a full date. */
  day(atMs: number, nowMs: number): string;
  /** For a list: the time if today, else a short day. */
  briefMoment(atMs: number, nowMs: number): string;
  /** "Anna, Bruno and Carla". */
  list(names: readonly string[]): string;
}

/** The language to speak: the one chosen before, else the first the browser prefers that we have, else English. */
export function pickLanguage(chosen: string | null, preferred: readonly string[]): Language {
  const wanted = [chosen ?? "", ...preferred].map((tag) => tag.toLowerCase().split("-")[0]);
  return (
    languages.find((language) => language === wanted.find((tag) => languages.some((known) => known === tag))) ?? "en"
  );
}

function fill(sentence: string, values: Values): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Whole local days between two moments; 0 for the same day, 1 for yesterday. */
function daysBetween(atMs: number, nowMs: number): number {
  const midnight = (ms: number): number => {
    const date = new Date(ms);
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  };
  return Math.round((midnight(nowMs) - midnight(atMs)) / 86_400_000);
}

/** A translator for one language; formatters are made once. */
export function translatorFor(language: Language): Translator {
  const locale = language === "it" ? "it-IT" : "en-GB";
  const plurals = new Intl.PluralRules(locale);
  const hours = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: "long" });
  const shortWeekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
  const fullDate = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", year: "numeric" });
  const shortDate = new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", year: "2-digit" });
  const names = new Intl.ListFormat(locale, { type: "conjunction" });

  function t(key: MessageKey, values: Values = {}): string {
    const sentence = catalogues[language][key];
    if (typeof sentence === "string") return fill(sentence, values);
    const form = plurals.select(Number(values["count"]));
    return fill(sentence[form] ?? sentence["other"] ?? key, values);
  }

  return {
    language,
    t,
    time: (atMs) => hours.format(atMs),
    day(atMs, nowMs) {
      const age = daysBetween(atMs, nowMs);
      if (age === 0) return t("day.today");
      if (age === 1) return t("day.yesterday");
      return age > 1 && age < 7 ? weekday.format(atMs) : fullDate.format(atMs);
    },
    briefMoment(atMs, nowMs) {
      const age = daysBetween(atMs, nowMs);
      if (age === 0) return hours.format(atMs);
      if (age === 1) return t("day.yesterday");
      return age > 1 && age < 7 ? shortWeekday.format(atMs) : shortDate.format(atMs);
    },
    list: (all) => names.format(all),
  };
}
