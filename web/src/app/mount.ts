import { mount } from "svelte";
import "virtual:tokens.css";
import "../design/base.css";
import { chromeColours } from "../design/tokens.ts";
import { pickLanguage, type Translator, translatorFor } from "../i18n/format.ts";
import { Signal } from "../lib/signal.ts";
import type { Language, PreferenceStore, Theme } from "../platform/types.ts";
import { followAddress, type Navigation } from "../ui/frame/route.ts";
import type { StartSnapshot, StartViewModel } from "../viewmodels/start.types.ts";
import App from "./App.svelte";
import { followUpdates } from "./update.ts";

function translatorOf(language: Language): Translator {
  return translatorFor(pickLanguage(language === "system" ? null : language, navigator.languages));
}

/** Dresses the page, and what the browser paints around it, in the chosen theme. */
function wear(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]")) {
    const own = meta.media.includes("dark") ? "dark" : "light";
    meta.content = chromeColours[theme === "system" ? own : theme];
  }
}

/** Coming in and going out end at the list: the address of the setup link or of a chat is of no use any more. */
function goHomeAtTheDoor(start: StartViewModel, navigation: Navigation): void {
  let before: StartSnapshot["screen"] = "loading";
  start.snapshot.subscribe(({ screen }) => {
    const through =
      screen === "chats"
        ? before !== "loading" && before !== "open-elsewhere"
        : before === "chats" && screen === "sign-in";
    before = screen;
    if (through) navigation.home();
  });
}

/** Shows the app in the page, in the person's language and theme, and follows both as they change. */
export function mountApp(start: StartViewModel, preferences: PreferenceStore, nowMs: () => number): void {
  const target = document.getElementById("app");
  if (!target) throw new Error("the page has no place for the app");
  const words = new Signal(translatorOf(preferences.current.value.language));
  preferences.current.subscribe(({ language, theme }) => {
    words.set(translatorOf(language));
    document.documentElement.lang = words.value.language;
    wear(theme);
  });
  const navigation = followAddress(window);
  goHomeAtTheDoor(start, navigation);
  mount(App, {
    target,
    props: {
      start,
      navigation,
      surroundings: { words, place: location.host, nowMs },
      update: followUpdates(navigator.serviceWorker),
    },
  });
}
