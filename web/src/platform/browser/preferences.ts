import { Signal } from "../../lib/signal.ts";
import type { Language, PreferenceStore, Preferences, Theme } from "../types.ts";

const KEY = "sottovoce.preferences";
const LANGUAGES: readonly string[] = ["system", "en", "it"] satisfies Language[];
const THEMES: readonly string[] = ["system", "light", "dark"] satisfies Theme[];

export function browserPreferences(): PreferenceStore {
  const current = new Signal(read(localStorage.getItem(KEY)));
  window.addEventListener("storage", ({ key, newValue }) => {
    if (key === KEY) {
      current.set(read(newValue));
    }
  });
  return {
    current,
    change(part) {
      current.update((before) => ({ ...before, ...part }));
      localStorage.setItem(KEY, JSON.stringify(current.value));
    },
  };
}

/** Whatever stands there, of another version or of another's hand, becomes something usable. */
function read(text: string | null): Preferences {
  let kept: { language?: unknown; theme?: unknown } = {};
  try {
    kept = (JSON.parse(text ?? "{}") as typeof kept | null) ?? {};
  } catch {
    // Not ours: as if nothing had been chosen.
  }
  const { language, theme } = kept;
  return {
    language: LANGUAGES.includes(String(language)) ? (language as Language) : "system",
    theme: THEMES.includes(String(theme)) ? (theme as Theme) : "system",
  };
}
