/** Key ranges of compound keys that begin with a chat's id. */

/** All keys `[chatId, …]`: an array sorts after any string or number. */
export function ofChat(chatId: string): IDBKeyRange {
  return IDBKeyRange.bound([chatId], [chatId, []]);
}

export function positionsBelow(chatId: string, position: number): IDBKeyRange {
  return IDBKeyRange.bound([chatId, Number.NEGATIVE_INFINITY], [chatId, position], false, true);
}
