import type { Language, Theme } from "../platform/types.ts";
import type { Person, Problem, ViewModel } from "./common.types.ts";

export interface SettingsSnapshot {
  readonly me: Person;
  readonly language: Language;
  readonly theme: Theme;
  readonly savingName: boolean;
  readonly signingOut: boolean;
  /** Messages that were not sent yet and would be lost by signing out. */
  readonly unsentCount: number;
  readonly problem: Problem | null;
}

export interface SettingsVerbs {
  setName(name: string): Promise<void>;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
  /** Everything of this account is erased from this device, also when the server cannot be told. Start's snapshot changes by itself. */
  signOut(): Promise<void>;
}

export type SettingsViewModel = ViewModel<SettingsSnapshot> & SettingsVerbs;
