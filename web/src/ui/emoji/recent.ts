const storedAs = "sottovoce.recent-emoji";
const most = 32;

/** Emoji used lately on this device, newest first. */
export function recentEmoji(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(storedAs) ?? "[]");
    return Array.isArray(stored) ? stored.filter((entry): entry is string => typeof entry === "string") : [];
  } catch {
    return []; // Storage may be refused or hold something else: nothing is recent then.
  }
}

export function rememberEmoji(emoji: string): void {
  const all = [emoji, ...recentEmoji().filter((other) => other !== emoji)].slice(0, most);
  try {
    localStorage.setItem(storedAs, JSON.stringify(all));
  } catch {
    // Without storage nothing is remembered; choosing still works.
  }
}
