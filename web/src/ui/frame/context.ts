import { getContext, setContext } from "svelte";
import type { Translator } from "../../i18n/format.ts";
import type { ReadonlySignal } from "../../lib/signal.ts";

/** What every view may need: the words, where the app is served from, the time. */
export interface Surroundings {
  readonly words: ReadonlySignal<Translator>;
  /** Host of the address bar, as people know this place. */
  readonly place: string;
  nowMs(): number;
}

const surroundings = Symbol("surroundings");

export function giveSurroundings(given: Surroundings): void {
  setContext(surroundings, given);
}

export function useSurroundings(): Surroundings {
  return getContext<Surroundings>(surroundings);
}
