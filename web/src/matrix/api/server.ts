import { AccountApi } from "./account.ts";
import { Refused, Unreachable } from "./errors.ts";
import { path, request, type Transport } from "./request.ts";
import type { ServerFacts, SignedInAnswer } from "./wire.ts";

export interface SetupRequest {
  readonly code: string;
  readonly server_name: string;
  readonly username: string;
  readonly password: string;
  readonly display_name?: string;
  readonly device_display_name: string;
}

/** What can be asked of the server before anybody is signed in. */
export class ServerApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  facts(): Promise<ServerFacts> {
    return request(this.#transport, { method: "GET", path: "/_sottovoce/v1/server" });
  }

  setUp(setup: SetupRequest): Promise<SignedInAnswer> {
    return request(this.#transport, { method: "POST", path: "/_sottovoce/v1/setup", body: setup });
  }

  /** Spec: client-server, Login. */
  signIn(user: string, password: string, deviceName: string): Promise<SignedInAnswer> {
    const body = {
      type: "m.login.password",
      identifier: { type: "m.id.user", user },
      password,
      initial_device_display_name: deviceName,
      refresh_token: true,
    };
    return request(this.#transport, { method: "POST", path: path("login"), body });
  }

  /** Spec: client-server, Account registration and User-Interactive Authentication (stage m.login.dummy). */
  async signUp(username: string, password: string, deviceName: string): Promise<SignedInAnswer> {
    const form = { username, password, initial_device_display_name: deviceName, refresh_token: true };
    const call = { method: "POST", path: path("register") } as const;
    const transport = this.#transport;
    try {
      return await request(transport, { ...call, body: { ...form, auth: { type: "m.login.dummy" } } });
    } catch (problem) {
      // A server may insist on its own `session` for the stage: the second call carries it.
      const session = await this.#sessionAskedBy(problem, username);
      return request(transport, { ...call, body: { ...form, auth: { type: "m.login.dummy", session } } });
    }
  }

  /** Gives who has just signed up a name to be shown. If that fails they can do so later: they are in. */
  async nameNewcomer(answer: SignedInAnswer, displayName: string): Promise<void> {
    const { fetch } = this.#transport;
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${answer.access_token}` };
    const transport: Transport = { ...this.#transport, fetch: (input, init) => fetch(input, { ...init, headers }) };
    try {
      await new AccountApi(transport, answer.user_id).setDisplayName(displayName);
    } catch (problem) {
      if (!(problem instanceof Refused || problem instanceof Unreachable)) {
        throw problem;
      }
    }
  }

  async #sessionAskedBy(problem: unknown, username: string): Promise<string> {
    if (!(problem instanceof Refused) || problem.status !== 401) {
      throw problem;
    }
    const response = await this.#transport.fetch(new URL(path("register"), this.#transport.origin), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ username }),
    });
    const { session } = (await response.json()) as { session?: string };
    if (session === undefined) {
      throw problem;
    }
    return session;
  }
}
