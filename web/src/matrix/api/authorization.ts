import type { FetchFunction } from "../../platform/types.ts";
import type { Credentials } from "../store/records.ts";
import { Refused } from "./errors.ts";
import { path, request, type Transport } from "./request.ts";

/**
 * The one place that knows the tokens: every request of a signed-in person, the SDK's too, goes through
 * `fetch`, which puts the token in the header, renews it once when it ran out, and tells when it is over.
 */
export class Authorization {
  readonly #transport: Transport;
  readonly #save: (credentials: Credentials) => Promise<void>;
  readonly #onOver: () => void;
  #credentials: Credentials;
  #renewing: Promise<boolean> | null = null;

  constructor(
    transport: Transport,
    credentials: Credentials,
    save: (credentials: Credentials) => Promise<void>,
    onOver: () => void,
  ) {
    this.#transport = transport;
    this.#credentials = credentials;
    this.#save = save;
    this.#onOver = onOver;
  }

  get accessToken(): string {
    return this.#credentials.accessToken;
  }

  readonly fetch: FetchFunction = async (input, init) => {
    const used = this.#credentials.accessToken;
    const response = await this.#withToken(input, init);
    if (response.status !== 401 || !(await tokenIsRefused(response))) {
      return response;
    }
    if (used !== this.#credentials.accessToken || (await this.#renewed())) {
      return this.#withToken(input, init);
    }
    return response;
  };

  #withToken(input: string | URL | Request, init: RequestInit | undefined): Promise<Response> {
    const headers = new Headers(init?.headers);
    headers.set("Authorization", `Bearer ${this.#credentials.accessToken}`);
    return this.#transport.fetch(input, { ...init, headers });
  }

  /** Many requests may find the token old at once: they wait for one renewal. */
  #renewed(): Promise<boolean> {
    this.#renewing ??= this.#renew().finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renew(): Promise<boolean> {
    const { refreshToken } = this.#credentials;
    if (refreshToken === null) {
      this.#onOver();
      return false;
    }
    try {
      const answer = await request<{ access_token: string; refresh_token?: string }>(this.#transport, {
        method: "POST",
        path: path("refresh"),
        body: { refresh_token: refreshToken },
      });
      this.#credentials = {
        ...this.#credentials,
        accessToken: answer.access_token,
        refreshToken: answer.refresh_token ?? refreshToken,
      };
      await this.#save(this.#credentials);
      return true;
    } catch (problem) {
      if (problem instanceof Refused && !problem.isPassing) {
        this.#onOver();
        return false;
      }
      throw problem;
    }
  }
}

async function tokenIsRefused(response: Response): Promise<boolean> {
  try {
    const { errcode } = (await response.clone().json()) as { errcode?: string };
    return errcode === "M_UNKNOWN_TOKEN";
  } catch {
    return false;
  }
}
