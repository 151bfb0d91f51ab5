import { expect, test } from "vitest";
import { pickLanguage, translatorFor } from "./format.ts";

const noon = new Date(2026, 10, 23, 12, 0).getTime();
const dayMs = 86_400_000;

test("a language chosen by the person wins over the browser's", () => {
  expect(pickLanguage("it", ["en-GB"])).toBe("it");
});

test("without a choice the first known language of the browser is spoken", () => {
  expect(pickLanguage(null, ["fr-FR", "it-CH", "en-US"])).toBe("it");
});

test("English is spoken to whoever prefers a language we lack", () => {
  expect(pickLanguage(null, ["fr-FR"])).toBe("en");
});

test("placeholders are filled, and text that looks like a placeholder stays as it was written", () => {
  expect(translatorFor("en").t("chats.from", { name: "{text}", text: "ciao" })).toBe("{text}: ciao");
});

test("a counted sentence takes the form of its number in each language", () => {
  expect(translatorFor("en").t("chats.unread", { count: 1 })).toBe("1 unread message");
  expect(translatorFor("it").t("chats.unread", { count: 3 })).toBe("3 messaggi da leggere");
});

test("days near now have names, days far away have dates", () => {
  const { day } = translatorFor("it");
  expect([day(noon, noon), day(noon - dayMs, noon), day(noon - 3 * dayMs, noon), day(noon - 30 * dayMs, noon)]).toEqual(
    ["Oggi", "Ieri", "venerdì", "24 ottobre 2026"],
  );
});

test("a moment in a list is an hour today and a short day before", () => {
  const { briefMoment } = translatorFor("en");
  expect([briefMoment(noon, noon), briefMoment(noon - dayMs, noon), briefMoment(noon - 3 * dayMs, noon)]).toEqual([
    "12:00",
    "Yesterday",
    "Fri",
  ]);
});

test("names are joined as the language joins them", () => {
  expect(translatorFor("it").list(["Anna", "Bruno", "Carla"])).toBe("Anna, Bruno e Carla");
});
