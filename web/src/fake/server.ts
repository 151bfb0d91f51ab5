import type { FetchFunction } from "../platform/types.ts";

/** A server for tests: answers from a table, remembers what it was asked, can be down. */

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly token: string | null;
}

export type Answer = object | Response | Promise<object | Response>;

export class FakeServer {
  readonly asked: Asked[] = [];
  down = false;
  readonly #routes: { method: string; pattern: RegExp; answer: (asked: Asked, parts: string[]) => Answer }[] = [];

  /** `pattern`: `/rooms/:id/send/:type/:txn` below the client API, or a full path. Later routes come first. */
  on(method: string, pattern: string, answer: (asked: Asked, parts: string[]) => Answer): void {
    const full = pattern.startsWith("/_") ? pattern : `/_matrix/client/v3${pattern}`;
    const source = full.replaceAll(".", "\\.").replaceAll(/:\w+/g, "([^/]+)");
    this.#routes.unshift({ method, pattern: new RegExp(`^${source}$`), answer });
  }

  askedFor(part: string): Asked[] {
    return this.asked.filter(({ path }) => path.includes(part));
  }

  readonly fetch: FetchFunction = async (input, init) => {
    if (this.down) {
      throw new TypeError("connection refused");
    }
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    const body = typeof init?.body === "string" ? (JSON.parse(init.body) as Asked["body"]) : {};
    const token = headers.get("Authorization")?.replace("Bearer ", "") ?? null;
    const asked = { method: init?.method ?? "GET", path: url.pathname, query: url.searchParams, body, token };
    this.asked.push(asked);
    return abortable(this.#answer(asked), init?.signal);
  };

  async #answer(asked: Asked): Promise<Response> {
    for (const { method, pattern, answer } of this.#routes) {
      const match = pattern.exec(asked.path);
      if (match !== null && method === asked.method) {
        const result = await answer(asked, match.slice(1).map(decodeURIComponent));
        return result instanceof Response ? result : Response.json(result);
      }
    }
    return refusal(404, "M_UNRECOGNIZED");
  }
}

export function refusal(status: number, errcode: string, more: object = {}): Response {
  return Response.json({ errcode, error: "no", ...more }, { status });
}

function abortable(answer: Promise<Response>, signal: AbortSignal | null | undefined): Promise<Response> {
  if (!signal) {
    return answer;
  }
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
  });
  return Promise.race([answer, aborted]);
}
