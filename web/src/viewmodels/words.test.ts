import { describe, expect, test } from "vitest";
import { ANNA, BRUNO, CARLA, member, message, state } from "../fake/builders.ts";
import { Refused, Unreachable } from "../matrix/api/errors.ts";
import { type ChatRecord, EMPTY_CHAT } from "../matrix/store/records.ts";
import { recordOf } from "../matrix/timeline/events.ts";
import { bodyOf } from "./body.ts";
import { noticeOf } from "./notices.ts";
import { avatarOf, isGroup, titleOf } from "./people.ts";
import { problemOf } from "./problem.ts";
import { suggestedServerName, warningFor } from "./server-name.ts";

const NAMES = { me: ANNA, nameOf: (userId: string) => (userId === CARLA ? "Carla" : null) };

function chat(part: Partial<ChatRecord>): ChatRecord {
  return { ...EMPTY_CHAT, chatId: "!c:example.org", ...part };
}

describe("how a chat is called", () => {
  const heroes = ["Bruno", "Carla", "Dora", "Elio"].map((name) => ({ userId: `@${name}:example.org`, name }));

  test("by its name, else by its people, else by who was there", () => {
    expect(titleOf(chat({ name: "Casa", heroes }))).toEqual({ kind: "named", name: "Casa" });
    expect(titleOf(chat({ heroes, joinedCount: 9 }))).toEqual({
      kind: "people",
      names: ["Bruno", "Carla", "Dora"],
      others: 5,
    });
    expect(titleOf(chat({ heroes: heroes.slice(0, 1), joinedCount: 1 }))).toEqual({
      kind: "empty",
      formerName: "Bruno",
    });
    expect(titleOf(chat({ joinedCount: 1 }))).toEqual({ kind: "empty", formerName: null });
  });

  test("two people without a name are no group; three, or a name, are one, unless filed under a person", () => {
    expect(isGroup(chat({ joinedCount: 1, invitedCount: 1 }), new Map())).toBe(false);
    expect(isGroup(chat({ joinedCount: 3 }), new Map())).toBe(true);
    expect(isGroup(chat({ joinedCount: 2, name: "Noi" }), new Map())).toBe(true);
    expect(isGroup(chat({ joinedCount: 3 }), new Map([["!c:example.org", BRUNO]]))).toBe(false);
  });
});

describe("initials", () => {
  test.each([
    ["Anna Rossi", "AR"],
    ["anna", "A"],
    ["Anna Maria De Rossi", "AR"],
    ["🌻 Girasole", "🌻"],
    ["👨‍👩‍👧 famiglia", "👨‍👩‍👧"],
    ["(il) prof", "IP"],
    ["משה כהן", "מכ"],
    ["  ", "·"],
    ["...", "·"],
  ])("of %j are %j", (name, initials) => {
    expect(avatarOf(BRUNO, name).initials).toBe(initials);
  });

  test("the colour is the person's, whatever the name", () => {
    expect(avatarOf(BRUNO, "Bruno").colour).toBe(avatarOf(BRUNO, "Altro").colour);
  });
});

describe("what a message says", () => {
  const said = (content: object, type = "m.room.message") =>
    bodyOf({ ...recordOf(message(BRUNO, "")), type, content: content as Record<string, unknown> });

  test.each([
    ["👍", true],
    ["👨‍👩‍👧‍👦", true],
    ["🇮🇹❤️👋🏽", true],
    ["😀 😀 😀", true],
    ["😀😀😀😀", false],
    ["ok 👍", false],
    ["123", false],
    ["1️⃣", true],
    ["", false],
  ])("%j is shown big: %j", (text, big) => {
    expect(said({ msgtype: "m.text", body: text })).toMatchObject({ bigEmoji: big });
  });

  test("the copy of the quoted message that older apps send is taken away", () => {
    const relation = { "m.relates_to": { "m.in_reply_to": { event_id: "$1" } } };
    const body = "> <@bruno:example.org> domani?\n> o dopo?\n\nsì\n> davvero";
    expect(said({ msgtype: "m.text", body, ...relation })).toMatchObject({ text: "sì\n> davvero" });
    expect(said({ msgtype: "m.text", body: "> cito io\n\nsì" })).toMatchObject({ text: "> cito io\n\nsì" });
  });

  test.each([
    [{ msgtype: "m.image", body: "gatto.jpg" }, "m.room.message", "photo"],
    [{ msgtype: "m.audio", body: "" }, "m.room.message", "voice"],
    [{ msgtype: "it.other" }, "m.room.message", "other"],
    [{ body: 3 }, "m.room.message", "other"],
    [{ algorithm: "x" }, "m.room.encrypted", "encrypted"],
    [{}, "m.poll.start", "poll"],
  ])("%j of %s is told to be: %s", (content, type, what) => {
    expect(said(content, type)).toMatchObject({ kind: "unsupported", what });
  });
});

describe("notices", () => {
  const told = (event: ReturnType<typeof member>) => noticeOf(recordOf(event), NAMES);
  const from = (membership: string, displayname = "Bruno") => ({
    unsigned: { prev_content: { membership, displayname } },
  });

  test.each([
    [member(BRUNO, "join"), { kind: "joined", who: "Bruno", ownWho: false }],
    [member(ANNA, "join"), { kind: "joined", ownWho: true }],
    [member(BRUNO, "leave", from("join")), { kind: "left", who: "Bruno" }],
    [member(BRUNO, "leave", from("invite")), { kind: "declined", who: "Bruno" }],
    [member(BRUNO, "invite", { sender: ANNA }), { kind: "invited", ownWho: true, whom: "Bruno" }],
    [member(BRUNO, "leave", { sender: CARLA, ...from("join") }), { kind: "removed", who: "Carla", whom: "Bruno" }],
    [member(BRUNO, "leave", { sender: CARLA, ...from("invite") }), { kind: "invite-withdrawn", whom: "Bruno" }],
    [member(BRUNO, "leave", { sender: CARLA, ...from("ban") }), { kind: "unbanned", whom: "Bruno" }],
    [member(ANNA, "ban", { sender: CARLA, ...from("join") }), { kind: "banned", who: "Carla", ownWhom: true }],
    [member(BRUNO, "join", { name: "Bru", ...from("join") }), { kind: "renamed-self", from: "Bruno", to: "Bru" }],
    [state("m.room.create", CARLA, {}), { kind: "created", who: "Carla" }],
  ])("are told by what changed (case %#)", (event, expected) => {
    expect(told(event)).toMatchObject(expected);
  });

  test("nothing is told of a new picture, of the name a chat begins with, or of rules", () => {
    expect(told(member(BRUNO, "join", from("join")))).toBeNull();
    expect(told(state("m.room.name", CARLA, { name: "Casa" }))).toBeNull();
    expect(told(state("m.room.power_levels", CARLA, {}))).toBeNull();
  });

  test("a chat's new name is told, and its removal", () => {
    const renaming = {
      ...state("m.room.name", CARLA, { name: "Casa" }),
      unsigned: { prev_content: { name: "Altra" } },
    };
    expect(told(renaming)).toMatchObject({ kind: "named", name: "Casa" });
    expect(told({ ...renaming, content: {} })).toMatchObject({ kind: "name-removed" });
  });
});

describe("the server's name", () => {
  test("is suggested with its port unless that is the standard one", () => {
    expect(suggestedServerName("https://chat.example.org")).toBe("chat.example.org");
    expect(suggestedServerName("http://casa.local:8008")).toBe("casa.local:8008");
  });

  test.each([
    ["chat.example.org", null],
    ["casa:8008", null],
    ["localhost:8008", "only-this-computer"],
    ["127.0.0.1", "only-this-computer"],
    ["[::1]:8008", "only-this-computer"],
    ["192.168.1.10:8008", "address-may-change"],
    ["[2001:db8::1]", "address-may-change"],
    ["", "not-a-name"],
    ["https://chat.example.org", "not-a-name"],
    ["chat example", "not-a-name"],
    ["-chat.org", "not-a-name"],
  ])("%j is warned of as %j", (name, warning) => {
    expect(warningFor(name)).toBe(warning);
  });
});

describe("problems", () => {
  const refused = (status: number, errcode: string, retryAfterMs: number | null = null) =>
    new Refused(status, errcode, "no", retryAfterMs, false);

  test("mean what the request makes of them", () => {
    expect(problemOf(refused(403, "M_FORBIDDEN"))).toEqual({ kind: "not-allowed" });
    expect(problemOf(refused(403, "M_FORBIDDEN"), { M_FORBIDDEN: "wrong-password" })).toEqual({
      kind: "wrong-password",
    });
    expect(problemOf(refused(429, "M_LIMIT_EXCEEDED", 5))).toEqual({ kind: "too-many-tries", retryAfterMs: 5 });
    expect(problemOf(refused(502, "M_UNKNOWN"))).toEqual({ kind: "unreachable" });
    expect(problemOf(new Unreachable("x"))).toEqual({ kind: "unreachable" });
    expect(problemOf(refused(400, "M_ODD"))).toEqual({ kind: "other", text: "no" });
  });

  test("of our own making are not hidden", () => {
    expect(() => problemOf(new TypeError("ours"))).toThrow("ours");
  });
});
