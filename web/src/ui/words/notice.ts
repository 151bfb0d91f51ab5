import type { MessageKey, Translator } from "../../i18n/format.ts";
import type { Notice } from "../../viewmodels/notice.types.ts";

type PairKind = Extract<Notice, { readonly whom: string }>["kind"];
type SoloKind = Exclude<Notice["kind"], PairKind>;

// Spelled out, so that the compiler sees that each sentence exists.
const solo: Readonly<Record<SoloKind, readonly [others: MessageKey, own: MessageKey]>> = {
  created: ["notice.created", "notice.created.own"],
  joined: ["notice.joined", "notice.joined.own"],
  left: ["notice.left", "notice.left.own"],
  declined: ["notice.declined", "notice.declined.own"],
  "renamed-self": ["notice.renamed-self", "notice.renamed-self.own"],
  named: ["notice.named", "notice.named.own"],
  "name-removed": ["notice.name-removed", "notice.name-removed.own"],
  described: ["notice.described", "notice.described.own"],
  "picture-changed": ["notice.picture-changed", "notice.picture-changed.own"],
  replaced: ["notice.replaced", "notice.replaced.own"],
};

const pairs: Readonly<Record<PairKind, readonly [others: MessageKey, own: MessageKey, toReader: MessageKey]>> = {
  invited: ["notice.invited", "notice.invited.own", "notice.invited.me"],
  "invite-withdrawn": ["notice.invite-withdrawn", "notice.invite-withdrawn.own", "notice.invite-withdrawn.me"],
  removed: ["notice.removed", "notice.removed.own", "notice.removed.me"],
  banned: ["notice.banned", "notice.banned.own", "notice.banned.me"],
  unbanned: ["notice.unbanned", "notice.unbanned.own", "notice.unbanned.me"],
};

/** "Anna invited Bruno": what happened, in words. */
export function noticeText(words: Translator, notice: Notice): string {
  if ("whom" in notice) {
    const [others, own, toReader] = pairs[notice.kind];
    const key = notice.ownWho ? own : notice.ownWhom ? toReader : others;
    return words.t(key, { who: notice.who, whom: notice.whom });
  }
  const [others, own] = solo[notice.kind];
  const { kind: _kind, ownWho, ...values } = notice;
  return words.t(ownWho ? own : others, values);
}
