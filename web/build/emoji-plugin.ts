import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

interface SourceEmoji {
  readonly emoji: string;
  readonly annotation: string;
  readonly tags?: readonly string[];
  readonly group: number;
  readonly order: number;
  readonly version: number;
}

const name = "virtual:emoji";
/** Newer emoji show as empty boxes on phones a few years old. */
const newestVersion = 15;

function read(language: "en" | "it"): SourceEmoji[] {
  const path = createRequire(import.meta.url).resolve(`emoji-picker-element-data/${language}/cldr-native/data.json`);
  return JSON.parse(readFileSync(path, "utf8")) as SourceEmoji[];
}

function words({ tags = [] }: SourceEmoji): string {
  return tags.join(" ");
}

/** One row per emoji: [emoji, group, English name, English words, Italian name, Italian words], in the usual order. */
export function emojiRows(): (string | number)[][] {
  const italian = new Map(read("it").map((emoji) => [emoji.emoji, emoji]));
  return read("en")
    .filter(({ version }) => version <= newestVersion)
    .sort((one, other) => one.order - other.order)
    .map((english) => {
      const other = italian.get(english.emoji) ?? english;
      return [english.emoji, english.group, english.annotation, words(english), other.annotation, words(other)];
    });
}

/** Offers all emoji with their names and words in both languages: `import rows from "virtual:emoji"`, to be loaded lazily. */
export function emojiData(): Plugin {
  return {
    name: "emoji-data",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) =>
      id === `\0${name}` ? `export const rows = JSON.parse(${JSON.stringify(JSON.stringify(emojiRows()))});` : null,
  };
}
