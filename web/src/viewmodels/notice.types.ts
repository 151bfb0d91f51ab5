/**
 * Something that happened in a chat beside messages, to be said in plain words.
 *
 * `who`: display name of who did it, `whom`: of whom it was done to; `ownWho` / `ownWhom`: that is the reader.
 */
export type Notice =
  | { readonly kind: "created"; readonly who: string; readonly ownWho: boolean }
  | { readonly kind: "joined"; readonly who: string; readonly ownWho: boolean }
  | { readonly kind: "left"; readonly who: string; readonly ownWho: boolean }
  | { readonly kind: "declined"; readonly who: string; readonly ownWho: boolean }
  | NoticeBetweenTwo<"invited">
  | NoticeBetweenTwo<"invite-withdrawn">
  | NoticeBetweenTwo<"removed">
  | NoticeBetweenTwo<"banned">
  | NoticeBetweenTwo<"unbanned">
  | { readonly kind: "renamed-self"; readonly from: string; readonly to: string; readonly ownWho: boolean }
  | { readonly kind: "named"; readonly who: string; readonly ownWho: boolean; readonly name: string }
  | { readonly kind: "name-removed"; readonly who: string; readonly ownWho: boolean }
  | { readonly kind: "described"; readonly who: string; readonly ownWho: boolean; readonly text: string }
  | { readonly kind: "picture-changed"; readonly who: string; readonly ownWho: boolean }
  | { readonly kind: "replaced"; readonly who: string; readonly ownWho: boolean };

export interface NoticeBetweenTwo<Kind extends string> {
  readonly kind: Kind;
  readonly who: string;
  readonly ownWho: boolean;
  readonly whom: string;
  readonly ownWhom: boolean;
}
