/** [emoji, group, English name, English words, Italian name, Italian words] */
export type EmojiRow = readonly [string, number, string, string, string, string];

export interface FoundEmoji {
  readonly emoji: string;
  readonly name: string;
}

/** Lower case without accents: "Città" is found by "citta". */
function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

interface Indexed {
  readonly row: EmojiRow;
  readonly names: readonly string[];
  readonly words: readonly string[];
}

/** All emoji, searchable in both languages at once. `language` only decides how they are called. */
export class EmojiIndex {
  readonly #all: readonly Indexed[];
  readonly #nameAt: 2 | 4;

  constructor(rows: readonly EmojiRow[], language: "en" | "it") {
    this.#nameAt = language === "en" ? 2 : 4;
    this.#all = rows.map((row) => {
      const names = [folded(row[2]), folded(row[4])];
      return { row, names, words: folded(`${row[2]} ${row[3]} ${row[4]} ${row[5]}`).split(/[^\p{L}\p{N}]+/u) };
    });
  }

  inGroup(group: number): FoundEmoji[] {
    return this.#all.filter(({ row }) => row[1] === group).map((entry) => this.#found(entry));
  }

  /** Those of which every typed word begins some word; first those whose very name begins so. */
  search(text: string, limit = 80): FoundEmoji[] {
    const typed = folded(text).split(/\s+/).filter(Boolean);
    if (typed.length === 0) return [];
    const whole = typed.join(" ");
    const hits = this.#all.filter(({ words }) => typed.every((part) => words.some((word) => word.startsWith(part))));
    const first = hits.filter(({ names }) => names.some((name) => name.startsWith(whole)));
    return [...first, ...hits.filter((entry) => !first.includes(entry))]
      .slice(0, limit)
      .map((entry) => this.#found(entry));
  }

  named(emoji: string): FoundEmoji | undefined {
    const entry = this.#all.find(({ row }) => row[0] === emoji);
    return entry && this.#found(entry);
  }

  #found({ row }: Indexed): FoundEmoji {
    return { emoji: row[0], name: row[this.#nameAt] };
  }
}
