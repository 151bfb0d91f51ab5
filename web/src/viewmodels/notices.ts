import type { EventRecord } from "../matrix/store/records.ts";
import { changesMembership, textOf } from "../matrix/timeline/events.ts";
import type { Notice } from "./notice.types.ts";
import { nameOf } from "./people.ts";

export interface Names {
  readonly me: string;
  /** The present name of a person, if known. */
  nameOf(userId: string): string | null;
}

/** Whether `noticeOf` has something to say; cheap. */
export function isNotice(event: EventRecord): boolean {
  return event.stateKey !== null && !event.redacted && (TELLERS[event.type]?.tells(event) ?? false);
}

/** What to say of a state event, or null if it is nobody's business. */
export function noticeOf(event: EventRecord, names: Names): Notice | null {
  return isNotice(event) ? (TELLERS[event.type]?.tell(event, names) ?? null) : null;
}

interface Teller {
  tells(event: EventRecord): boolean;
  tell(event: EventRecord, names: Names): Notice | null;
}

const always = (): boolean => true;

const TELLERS: Readonly<Record<string, Teller>> = {
  "m.room.create": { tells: always, tell: (event, names) => ({ kind: "created", ...who(event, names) }) },
  "m.room.name": { tells: hasPredecessor, tell: named },
  "m.room.topic": { tells: hasPredecessor, tell: described },
  "m.room.avatar": {
    tells: hasPredecessor,
    tell: (event, names) => ({ kind: "picture-changed", ...who(event, names) }),
  },
  "m.room.tombstone": { tells: always, tell: (event, names) => ({ kind: "replaced", ...who(event, names) }) },
  "m.room.member": { tells: (event) => changesMembership(event) || isRenaming(event), tell: memberNotice },
};

/** What a chat begins with is told by its header; changes are told here. */
function hasPredecessor(event: EventRecord): boolean {
  return event.previousContent !== null;
}

function who(event: EventRecord, names: Names): { who: string; ownWho: boolean } {
  const name = event.type === "m.room.member" && event.sender === event.stateKey ? event.content["displayname"] : null;
  const known = names.nameOf(event.sender) ?? textOf(name);
  return { who: nameOf(event.sender, known), ownWho: event.sender === names.me };
}

function whom(event: EventRecord, names: Names): { whom: string; ownWhom: boolean } {
  const userId = event.stateKey ?? "";
  const given = textOf(event.content["displayname"]) ?? textOf(event.previousContent?.["displayname"]);
  return { whom: nameOf(userId, names.nameOf(userId) ?? given), ownWhom: userId === names.me };
}

function named(event: EventRecord, names: Names): Notice {
  const name = textOf(event.content["name"]);
  return name ? { kind: "named", ...who(event, names), name } : { kind: "name-removed", ...who(event, names) };
}

function described(event: EventRecord, names: Names): Notice {
  return { kind: "described", ...who(event, names), text: textOf(event.content["topic"]) ?? "" };
}

function isRenaming(event: EventRecord): boolean {
  const before = event.previousContent?.["displayname"];
  return event.content["membership"] === "join" && (before ?? null) !== (event.content["displayname"] ?? null);
}

function memberNotice(event: EventRecord, names: Names): Notice | null {
  const { membership } = event.content;
  const own = event.sender === event.stateKey;
  if (!changesMembership(event)) {
    return renamed(event, names);
  }
  if (membership === "join") {
    return { kind: "joined", ...who(event, names) };
  }
  if (membership === "leave" && own) {
    const declined = event.previousContent?.["membership"] === "invite";
    return { kind: declined ? "declined" : "left", ...who(event, names) };
  }
  const kind = membershipByAnother(event);
  return kind === null ? null : { kind, ...who(event, names), ...whom(event, names) };
}

function membershipByAnother(
  event: EventRecord,
): "invited" | "invite-withdrawn" | "removed" | "banned" | "unbanned" | null {
  const before = event.previousContent?.["membership"];
  switch (event.content["membership"]) {
    case "invite":
      return "invited";
    case "ban":
      return "banned";
    case "leave":
      return before === "invite" ? "invite-withdrawn" : before === "ban" ? "unbanned" : "removed";
    default:
      return null;
  }
}

function renamed(event: EventRecord, names: Names): Notice {
  const from = nameOf(event.sender, textOf(event.previousContent?.["displayname"]));
  const to = nameOf(event.sender, textOf(event.content["displayname"]));
  return { kind: "renamed-self", from, to, ownWho: event.sender === names.me };
}
