import { expect, test } from "vitest";
import { translatorFor } from "../../i18n/format.ts";
import { noticeText } from "./notice.ts";
import { previewText } from "./preview.ts";
import { problemText } from "./problem.ts";
import { titleText, typingText } from "./title.ts";

const english = translatorFor("en");
const italian = translatorFor("it");

test("a chat without a name of its own is called after its people", () => {
  expect(titleText(italian, { kind: "people", names: ["Anna", "Bruno"], others: 0 })).toBe("Anna e Bruno");
  expect(titleText(english, { kind: "people", names: ["Anna", "Bruno", "Carla"], others: 4 })).toBe(
    "Anna, Bruno, Carla and 4 more",
  );
});

test("typing names one or two people and counts more", () => {
  expect(["", "A", "AB", "ABC"].map((names) => typingText(english, [...names]))).toEqual([
    "",
    "A is writing…",
    "A and B are writing…",
    "3 people are writing…",
  ]);
});

test("a notice speaks to the reader when the reader did it or had it done", () => {
  const invited = { kind: "invited", who: "Anna", whom: "Bruno", ownWho: false, ownWhom: false } as const;
  expect(noticeText(english, invited)).toBe("Anna invited Bruno");
  expect(noticeText(english, { ...invited, ownWho: true })).toBe("You invited Bruno");
  expect(noticeText(english, { ...invited, ownWhom: true })).toBe("Anna invited you");
  expect(noticeText(italian, { kind: "named", who: "Anna", ownWho: false, name: "Famiglia" })).toBe(
    "Anna ha chiamato il gruppo “Famiglia”",
  );
});

test("a preview says who spoke: the reader, a person of a group, nobody in a chat of two", () => {
  const said = { kind: "message", text: "ciao", own: false, senderName: null, status: null } as const;
  expect(previewText(italian, said)).toBe("ciao");
  expect(previewText(italian, { ...said, own: true })).toBe("Tu: ciao");
  expect(previewText(italian, { ...said, senderName: "Anna" })).toBe("Anna: ciao");
});

test("too many tries say how long to wait, in whole seconds", () => {
  expect(problemText(english, { kind: "too-many-tries", retryAfterMs: 1500 })).toBe("Too many tries. Wait 2 seconds.");
  expect(problemText(english, { kind: "too-many-tries", retryAfterMs: null })).toBe("Too many tries. Wait a little.");
});

test("the server's own text never takes the place of a sentence", () => {
  expect(problemText(english, { kind: "other", text: "M_UNKNOWN boom" })).toBe("Something went wrong. Try again.");
});
