import type { Translator } from "../../i18n/format.ts";
import type { Problem } from "../../viewmodels/common.types.ts";

/** Why something did not succeed and what to do, in words; null for no problem. */
export function problemText(words: Translator, problem: Problem): string;
export function problemText(words: Translator, problem: Problem | null): string | null;
export function problemText(words: Translator, problem: Problem | null): string | null {
  if (problem === null) return null;
  if (problem.kind !== "too-many-tries") return words.t(`problem.${problem.kind}`);
  if (problem.retryAfterMs === null) return words.t("problem.too-many-tries.unknown");
  return words.t("problem.too-many-tries", { count: Math.max(1, Math.ceil(problem.retryAfterMs / 1000)) });
}
