import type { ChatViewModel } from "./chat.types.ts";
import type { ChatListViewModel } from "./chat-list.types.ts";
import type { ViewModel } from "./common.types.ts";
import type { NewChatViewModel } from "./new-chat.types.ts";
import type { NewGroupViewModel } from "./new-group.types.ts";
import type { SettingsViewModel } from "./settings.types.ts";
import type { SetupViewModel } from "./setup.types.ts";
import type { SignInViewModel } from "./sign-in.types.ts";
import type { SignUpViewModel } from "./sign-up.types.ts";

/** Which screen the app opens with. */
export type StartSnapshot =
  | { readonly screen: "loading" }
  /** Nobody is signed in here and the server does not answer. */
  | { readonly screen: "unreachable"; readonly retrying: boolean }
  /** The server has no account yet. `code` is the setup link's, null when the app was opened without it. */
  | { readonly screen: "setup"; readonly code: string | null }
  | {
      readonly screen: "sign-in";
      readonly serverName: string | null;
      /** True: offer the way to sign up. */
      readonly registrationOpen: boolean;
      /** Why a person who was signed in finds this screen. */
      readonly notice: "signed-out" | "signed-out-elsewhere" | null;
    }
  /** The browser gives the app no place to keep anything: a private window, or a full device. */
  | { readonly screen: "storage-unavailable" }
  /** Another tab has the app open. */
  | { readonly screen: "open-elsewhere" }
  | { readonly screen: "chats"; readonly chats: Chats };

/** What a signed-in person can open. Each call makes a view model that its caller disposes. */
export interface Chats {
  chatList(): ChatListViewModel;
  chat(chatId: string): ChatViewModel;
  newChat(): NewChatViewModel;
  newGroup(): NewGroupViewModel;
  settings(): SettingsViewModel;
}

export interface StartVerbs {
  /** Asks the server again (from "unreachable"). */
  retry(): void;
  /** Closes the app in the other tab and opens it here (from "open-elsewhere"). */
  useHere(): void;
  /** On success of these three the start snapshot becomes "chats" by itself. */
  signIn(): SignInViewModel;
  signUp(): SignUpViewModel;
  setup(): SetupViewModel;
}

/** Made once by the app: `createStart(platform, { setupCode })`, see `start.ts`. */
export type StartViewModel = ViewModel<StartSnapshot> & StartVerbs;
