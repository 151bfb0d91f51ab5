import { Signal } from "../src/lib/signal.ts";
import type {
  ChatSnapshot,
  ChatViewModel,
  MessageRow,
  MessageStatus,
  TimelineRow,
} from "../src/viewmodels/chat.types.ts";
import type { Person } from "../src/viewmodels/common.types.ts";
import { anna, bruno, carla, hourMs } from "./people.ts";

let made = 0;

interface MessageSketch
  extends Partial<Pick<MessageRow, "replyTo" | "edited" | "firstOfGroup" | "lastOfGroup" | "body">> {
  readonly status?: MessageStatus;
  readonly agoMs?: number;
}

function message(
  sender: Person | null,
  text: string,
  { status = "read", agoMs = hourMs, ...rest }: MessageSketch = {},
): MessageRow {
  made += 1;
  return {
    kind: "message",
    key: `m${made}`,
    messageId: status === "failed" || status === "waiting" ? null : `$${made}`,
    own: sender === null,
    sender: {
      userId: sender?.userId ?? "@me",
      name: sender?.name ?? "Io",
      avatar: sender?.avatar ?? { initials: "I", colour: 2 },
    },
    firstOfGroup: true,
    lastOfGroup: true,
    body: { kind: "text", text, emote: false, bigEmoji: /^\p{Extended_Pictographic}{1,3}$/u.test(text) },
    replyTo: null,
    sentAtMs: Date.now() - agoMs,
    edited: false,
    status: sender === null ? status : null,
    ...rest,
  };
}

const yesterday = { agoMs: 26 * hourMs };

function groupRows(): TimelineRow[] {
  return [
    { kind: "day", key: "day1", dayMs: Date.now() - 26 * hourMs },
    { kind: "notice", key: "n1", notice: { kind: "created", who: "Anna", ownWho: false }, atMs: 0 },
    {
      kind: "notice",
      key: "n2",
      notice: { kind: "invited", who: "Anna", ownWho: false, whom: "Bruno", ownWhom: false },
      atMs: 0,
    },
    message(anna, "Domenica si pranza tutti insieme?", { ...yesterday, lastOfGroup: false }),
    message(anna, "Io porto il vino e la crostata di amarene 🍒", { ...yesterday, firstOfGroup: false }),
    message(bruno, "Certo! A che ora?", yesterday),
    message(
      null,
      "Per me va bene all'una. Passo prima a prendere il pane, ditemi se serve altro e quante persone siamo in tutto.",
      yesterday,
    ),
    { kind: "day", key: "day2", dayMs: Date.now() },
    message(carla, "👏", {}),
    message(carla, "مرحبا، أنا قادم أيضا", { firstOfGroup: false }),
    message(null, "Siamo in sette", {
      status: "sent",
      lastOfGroup: false,
      replyTo: {
        rowKey: "m4",
        senderName: "Anna",
        senderColour: 1,
        own: false,
        body: { kind: "text", text: "Domenica si pranza tutti insieme?" },
      },
    }),
    message(null, "otto con il nonno", { firstOfGroup: false, edited: true }),
    { kind: "unread", key: "unread" },
    message(
      bruno,
      "Allora prendo due teglie di lasagne. https://esempio.example/una/pagina/molto/lunga/senza/spazi/che/non/deve/rompere/niente",
    ),
    message(anna, "", { body: { kind: "unsupported", what: "photo", text: "la tavola" }, lastOfGroup: false }),
    message(anna, "", { body: { kind: "deleted" }, firstOfGroup: false }),
    message(null, "Perfetto", { status: "waiting", agoMs: 0, lastOfGroup: false }),
    message(null, "A domenica!", { status: "failed", agoMs: 0, firstOfGroup: false }),
  ];
}

function duetRows(withWhom: Person): TimelineRow[] {
  return [
    { kind: "day", key: "day", dayMs: Date.now() },
    message(withWhom, "Sei arrivata?"),
    message(null, "Sì, tutto bene ❤️", {}),
    message(withWhom, "Dormi bene allora."),
    message(null, "A domani!", { status: "sent", agoMs: 60_000 }),
  ];
}

const lines = [
  "Ciao",
  "Come va oggi? Qui piove da stamattina e il gatto non vuole uscire.",
  "Bene",
  "🍒",
  "Ti chiamo dopo pranzo, se riesco.",
];

function pastRows(count: number): TimelineRow[] {
  return Array.from({ length: count }, (_, at) =>
    message(at % 3 === 0 ? null : anna, `${lines[at % lines.length]} (${made})`, yesterday),
  );
}

/** A chat that answers to the fingers: messages get sent, older ones come. */
export function demoChat(chatId: string, withWhom: Person): ChatViewModel {
  const group = chatId === "!famiglia";
  const rows = chatId === "!long" ? pastRows(60) : group ? groupRows() : duetRows(withWhom);
  const snapshot = new Signal<ChatSnapshot>({
    chatId,
    header: {
      title: group ? { kind: "named", name: "Famiglia" } : { kind: "named", name: withWhom.name },
      avatar: group ? { initials: "F", colour: 3 } : withWhom.avatar,
      group,
      memberCount: 4,
      members: [],
      typing: group ? ["Bruno"] : [],
      awaitingAnswer: chatId === "!youssef",
    },
    rows,
    loaded: true,
    older: chatId === "!long" ? "more" : "beginning",
    composer: { draft: "", replyingTo: null, mayWrite: true },
    connection: "live",
    problem: null,
  });
  const change = (part: Partial<ChatSnapshot>): void => snapshot.update((old) => ({ ...old, ...part }));
  const composer = (part: Partial<ChatSnapshot["composer"]>): void =>
    change({ composer: { ...snapshot.value.composer, ...part } });
  const without = (key: string): TimelineRow[] => snapshot.value.rows.filter((row) => row.key !== key);
  return {
    snapshot,
    dispose: () => undefined,
    async loadOlder() {
      if (snapshot.value.older !== "more") return;
      change({ older: "loading" });
      await new Promise((resolve) => setTimeout(resolve, 300));
      change({
        rows: [...pastRows(40), ...snapshot.value.rows],
        older: snapshot.value.rows.length > 600 ? "beginning" : "more",
      });
    },
    fillGap: async () => undefined,
    async loadMembers() {
      const members = [anna, bruno, carla].map((member) => ({ ...member, invited: member === carla, own: false }));
      change({ header: { ...snapshot.value.header, members } });
    },
    send(text) {
      change({ rows: [...snapshot.value.rows, message(null, text.trim(), { status: "sent", agoMs: 0 })] });
      composer({ replyingTo: null });
    },
    replyTo(rowKey) {
      const row = snapshot.value.rows.find(({ key }) => key === rowKey);
      if (row?.kind !== "message" || row.body.kind !== "text") return;
      const { sender, own, body } = row;
      composer({
        replyingTo: {
          rowKey,
          senderName: sender.name,
          senderColour: sender.avatar.colour,
          own,
          body: { kind: "text", text: body.text },
        },
      });
    },
    cancelReply: () => composer({ replyingTo: null }),
    resend: (rowKey) => change({ rows: without(rowKey) }),
    discard: (rowKey) => change({ rows: without(rowKey) }),
    typing: () => undefined,
    markRead: () => undefined,
    leave: async () => true,
  };
}
