/**
 * The views with invented people, for looking at them without a server: never part of the built app.
 *
 * `/dev/index.html?scene=chats&language=it&theme=dark#/chat/!famiglia`; scenes: see `scenes` below.
 */
import { mountApp } from "../src/app/mount.ts";
import { Signal } from "../src/lib/signal.ts";
import type { Language, Preferences, Theme } from "../src/platform/types.ts";
import type { ChatListSnapshot, ChatRow, Preview } from "../src/viewmodels/chat-list.types.ts";
import type { Person } from "../src/viewmodels/common.types.ts";
import type { FindResult } from "../src/viewmodels/new-chat.types.ts";
import type { Chats, StartSnapshot, StartViewModel } from "../src/viewmodels/start.types.ts";
import { demoChat } from "./demo-chat.ts";
import { anna, bruno, carla, hourMs, long, nonna, youssef } from "./people.ts";

const asked = new URLSearchParams(location.search);
const scene = asked.get("scene") ?? "chats";
const preferences = new Signal<Preferences>({
  language: (asked.get("language") ?? "system") as Language,
  theme: (asked.get("theme") ?? "system") as Theme,
});

function row(chatId: string, who: Person, preview: Preview, agoMs: number, rest: Partial<ChatRow> = {}): ChatRow {
  return {
    chatId,
    title: { kind: "named", name: who.name },
    avatar: who.avatar,
    group: false,
    preview,
    lastActivityMs: Date.now() - agoMs,
    unreadCount: 0,
    highlighted: false,
    typing: [],
    selected: false,
    ...rest,
  };
}

const said = (text: string, senderName: string | null = null): Preview => ({
  kind: "message",
  text,
  own: false,
  senderName,
  status: null,
});
const own = (text: string, status: "read" | "sent" | "waiting"): Preview => ({
  kind: "message",
  text,
  own: true,
  senderName: null,
  status,
});

const rows: ChatRow[] = [
  row(
    "!famiglia",
    { ...anna, name: "Famiglia", avatar: { initials: "F", colour: 3 } },
    said("Allora prendo due teglie di lasagne", "Bruno"),
    60_000,
    { group: true, unreadCount: 3, highlighted: true },
  ),
  row("!anna", anna, own("A domani!", "read"), 2 * hourMs),
  row("!bruno", bruno, said("…"), 3 * hourMs, { typing: ["Bruno"], unreadCount: 1 }),
  row("!nonna", nonna, { kind: "draft", text: "Cara nonna, domenica" }, 26 * hourMs),
  row("!youssef", youssef, said("مرحبا، كيف حالك اليوم؟"), 27 * hourMs),
  row(
    "!long",
    long,
    own("Arrivo con il treno delle 18:42, binario da definire, porto anche la bicicletta", "waiting"),
    80 * hourMs,
  ),
  row("!carla", carla, { kind: "notice", notice: { kind: "joined", who: "Carla", ownWho: false } }, 900 * hourMs),
  row("!calcetto", bruno, { kind: "unsupported", what: "photo", own: false, senderName: "Anna" }, 999 * hourMs, {
    group: true,
    title: { kind: "people", names: ["Anna", "Bruno", "Carla"], others: 4 },
  }),
];

const list = new Signal<ChatListSnapshot>({
  chats: scene === "empty" ? [] : rows,
  invites:
    scene === "invites"
      ? [
          {
            chatId: "!i",
            title: { kind: "named", name: "Carla" },
            avatar: carla.avatar,
            group: false,
            inviter: carla,
            answering: false,
            problem: null,
          },
        ]
      : [],
  connection: scene === "offline" ? "offline" : "live",
  loaded: true,
  firstLoad: false,
  me: anna,
  unreadTotal: 4,
  insecureAddress: scene === "insecure",
});

const nothing = (): void => undefined;
const later = async (): Promise<void> => undefined;

function pickers() {
  const found = new Signal<FindResult>({ kind: "idle" });
  return {
    found,
    known: [anna, bruno, carla, nonna, long].map((one) => ({ ...one, chatId: one === anna ? "!anna" : null })),
  };
}

const chats: Chats = {
  chatList: () => ({
    snapshot: list,
    dispose: nothing,
    select: (chatId) =>
      list.update((old) => ({
        ...old,
        chats: old.chats.map((chat) => ({ ...chat, selected: chat.chatId === chatId })),
      })),
    accept: async () => true,
    decline: later,
  }),
  chat: (chatId) => demoChat(chatId, { "!bruno": bruno, "!youssef": youssef, "!long": long }[chatId] ?? anna),
  newChat() {
    const { known } = pickers();
    return {
      snapshot: new Signal({ known, found: { kind: "idle" } as const, opening: false, problem: null }),
      dispose: nothing,
      find: nothing,
      open: async () => "!anna",
    };
  },
  newGroup() {
    const { known } = pickers();
    const snapshot = new Signal({
      picked: [anna, nonna] as Person[],
      known,
      found: { kind: "idle" } as const,
      creating: false,
      problem: null,
    });
    return {
      snapshot,
      dispose: nothing,
      find: nothing,
      pick: (who) => snapshot.update((old) => ({ ...old, picked: [...old.picked, who] })),
      unpick: (userId) =>
        snapshot.update((old) => ({ ...old, picked: old.picked.filter((who) => who.userId !== userId) })),
      create: async () => "!famiglia",
    };
  },
  settings: () => ({
    snapshot: new Signal({
      me: anna,
      language: preferences.value.language,
      theme: preferences.value.theme,
      savingName: false,
      signingOut: false,
      unsentCount: 2,
      problem: null,
    }),
    dispose: nothing,
    setName: later,
    setLanguage: (language) => preferences.update((old) => ({ ...old, language })),
    setTheme: (theme) => preferences.update((old) => ({ ...old, theme })),
    signOut: later,
  }),
};

const scenes: Readonly<Record<string, StartSnapshot>> = {
  "sign-in": { screen: "sign-in", serverName: "casa.example", registrationOpen: true, notice: null },
  setup: { screen: "setup", code: "CODE" },
  unreachable: { screen: "unreachable", retrying: false },
  elsewhere: { screen: "open-elsewhere" },
};

const door = {
  busy: false,
  problem: scene === "wrong" ? ({ kind: "wrong-password" } as const) : null,
  serverName: "casa.example",
};
const start: StartViewModel = {
  snapshot: new Signal<StartSnapshot>(scenes[scene] ?? { screen: "chats", chats }),
  dispose: nothing,
  retry: nothing,
  useHere: nothing,
  signIn: () => ({ snapshot: new Signal(door), dispose: nothing, signIn: later }),
  signUp: () => ({ snapshot: new Signal(door), dispose: nothing, signUp: later }),
  setup: () => ({
    snapshot: new Signal({ busy: false, problem: null, suggestedServerName: "localhost:8008", code: "CODE" }),
    dispose: nothing,
    warningFor: (name) => (name.startsWith("localhost") ? "only-this-computer" : null),
    setUp: later,
  }),
};

mountApp(start, { current: preferences, change: nothing }, () => Date.now());
