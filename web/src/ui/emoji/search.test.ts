import { beforeAll, expect, test } from "vitest";
import { emojiRows } from "../../../build/emoji-plugin.ts";
import { EmojiIndex, type EmojiRow } from "./search.ts";

let index: EmojiIndex;

beforeAll(() => {
  index = new EmojiIndex(emojiRows() as unknown as EmojiRow[], "it");
});

const emojiOf = (text: string): string[] => index.search(text).map(({ emoji }) => emoji);

test("an Italian word finds its emoji", () => {
  expect(emojiOf("ciliegie")).toContain("🍒");
});

test("an English word finds the same emoji, whatever the language of the app", () => {
  expect(emojiOf("cherr")).toContain("🍒");
});

test("accents do not matter", () => {
  expect(emojiOf("felicita")).toContain("😂");
});

test("all the typed words must be there", () => {
  expect(emojiOf("cuore rosso")).toContain("❤️");
  expect(emojiOf("cuore locomotiva")).toEqual([]);
});

test("names that begin as typed come before words that merely contain it", () => {
  expect(emojiOf("pizza")[0]).toBe("🍕");
});

test("names are in the language of the app", () => {
  expect(index.named("🍒")?.name).toBe("ciliegie");
});
