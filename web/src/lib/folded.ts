/** `text` without capitals and accents, for finding "perché" by "perche". */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
