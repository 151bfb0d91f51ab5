import type { ChatsContents } from "../matrix/chats.ts";
import type { ChatRecord, MemberRecord } from "../matrix/store/records.ts";
import { AVATAR_COLOURS, type Avatar, type ChatTitle, type Person } from "./common.types.ts";

/** How people and chats are called and which colour they have. */

const NAMES_IN_TITLE = 3;

export function nameOf(userId: string, name: string | null | undefined): string {
  return name?.trim() || localNameOf(userId);
}

/** `bob` of `@bob:example.org`. */
export function localNameOf(userId: string): string {
  return userId.replace(/^@/, "").split(":")[0] || userId;
}

export function personOf(userId: string, name: string | null | undefined): Person {
  const shown = nameOf(userId, name);
  return { userId, name: shown, avatar: avatarOf(userId, shown), address: userId.replace(/^@/, "") };
}

export function memberName(members: ReadonlyMap<string, MemberRecord>, userId: string): string {
  return nameOf(userId, members.get(userId)?.name);
}

/** `id` gives the colour, so that it stays when the name changes. */
export function avatarOf(id: string, name: string): Avatar {
  return { initials: initialsOf(name), colour: colourOf(id) };
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => /[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(word));
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  const letters = picked.map((word) => firstMeaningful(word ?? ""));
  const joined = letters.some(isPictograph) ? (letters[0] ?? "") : letters.join("");
  return joined === "" ? "·" : joined.toLocaleUpperCase();
}

function firstMeaningful(word: string): string {
  for (const { segment } of graphemes.segment(word)) {
    if (/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(segment)) {
      return segment;
    }
  }
  return "";
}

function isPictograph(text: string): boolean {
  return /\p{Extended_Pictographic}/u.test(text);
}

function colourOf(id: string): number {
  let hash = 0;
  for (const character of id) {
    hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  }
  return hash % AVATAR_COLOURS;
}

/** More than one to one: a chat with a name, or with more than two people, that is not filed under one person. */
export function isGroup(chat: ChatRecord, directs: ChatsContents["directs"]): boolean {
  if (chat.membership === "invite") {
    return !chat.invitedToDirect;
  }
  return !directs.has(chat.chatId) && (chat.name !== null || chat.joinedCount + chat.invitedCount > 2);
}

export function titleOf(chat: ChatRecord): ChatTitle {
  if (chat.name !== null) {
    return { kind: "named", name: chat.name };
  }
  const people = chat.heroes.length === 0 && chat.inviter !== null ? [chat.inviter] : chat.heroes;
  const names = people.map((hero) => nameOf(hero.userId, hero.name));
  const othersCount = chat.joinedCount + chat.invitedCount - 1;
  if (names.length === 0 || (othersCount <= 0 && chat.membership === "join")) {
    return { kind: "empty", formerName: names[0] ?? null };
  }
  const shown = names.slice(0, NAMES_IN_TITLE);
  return { kind: "people", names: shown, others: Math.max(othersCount, names.length) - shown.length };
}

export function chatAvatarOf(chat: ChatRecord, directs: ChatsContents["directs"]): Avatar {
  const title = titleOf(chat);
  const name = title.kind === "named" ? title.name : title.kind === "people" ? title.names[0] : title.formerName;
  const person = isGroup(chat, directs) ? undefined : (directs.get(chat.chatId) ?? chat.heroes[0]?.userId);
  return avatarOf(person ?? chat.chatId, name ?? "");
}
