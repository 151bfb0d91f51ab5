import { Signal } from "../lib/signal.ts";
import { type Entry, tryToEnter } from "./entry.ts";
import { suggestedServerName, warningFor } from "./server-name.ts";
import type { SetupForm, SetupSnapshot, SetupViewModel } from "./setup.types.ts";

export class SetupModel implements SetupViewModel {
  readonly snapshot: Signal<SetupSnapshot>;
  readonly warningFor = warningFor;
  readonly #entry: Entry;

  constructor(entry: Entry, code: string | null) {
    this.#entry = entry;
    const suggested = suggestedServerName(entry.page.origin);
    this.snapshot = new Signal<SetupSnapshot>({ busy: false, problem: null, suggestedServerName: suggested, code });
  }

  dispose(): void {}

  setUp(form: SetupForm): Promise<void> {
    const { server, page, enter } = this.#entry;
    const displayName = form.displayName.trim();
    const meaning = { M_FORBIDDEN: "wrong-code", M_INVALID_PARAM: "server-name-invalid" } as const;
    return tryToEnter(this.snapshot, meaning, async () => {
      const answer = await server.setUp({
        code: this.snapshot.value.code ?? "",
        server_name: form.serverName.trim().toLowerCase(),
        username: form.username.trim().toLowerCase(),
        password: form.password,
        device_display_name: page.deviceName,
        ...(displayName === "" ? {} : { display_name: displayName }),
      });
      await enter(answer);
    });
  }
}
