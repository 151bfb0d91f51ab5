import type { Clock, FetchFunction } from "../../platform/types.ts";
import { Refused, Unreachable } from "./errors.ts";

export interface Transport {
  readonly origin: string;
  readonly clock: Clock;
  readonly fetch: FetchFunction;
}

export interface Call {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Already encoded: see `path`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
}

/** A call answers within this, or counts as unanswered. */
const CALL_TIMEOUT_MS = 30_000;

/** Builds a path whose `parts` are safe whatever they contain: `path("rooms", id, "leave")`. */
export function path(...parts: readonly string[]): string {
  return `/_matrix/client/v3/${parts.map(encodeURIComponent).join("/")}`;
}

/**
 * Answers with the decoded body of a successful call.
 *
 * Throws `Refused` for any error the server states, `Unreachable` when there was no usable answer.
 * Spec: client-server, Standard error response.
 */
export async function request<Answer>(transport: Transport, call: Call): Promise<Answer> {
  const tooLate = new AbortController();
  const cancel = transport.clock.after(CALL_TIMEOUT_MS, () => tooLate.abort());
  try {
    const response = await answerTo(transport, call, tooLate.signal);
    const body = await bodyOf(response);
    if (!response.ok) {
      throw refusal(response, body);
    }
    if (body === null) {
      throw new Unreachable("the answer is not JSON");
    }
    return body as Answer;
  } finally {
    cancel();
  }
}

async function answerTo(transport: Transport, call: Call, signal: AbortSignal): Promise<Response> {
  const url = new URL(call.path, transport.origin);
  for (const [name, value] of Object.entries(call.query ?? {})) {
    url.searchParams.set(name, value);
  }
  const content =
    call.body === undefined ? {} : { body: JSON.stringify(call.body), headers: { "Content-Type": "application/json" } };
  try {
    return await transport.fetch(url, { method: call.method, signal, ...content });
  } catch (cause) {
    throw new Unreachable(cause);
  }
}

async function bodyOf(response: Response): Promise<object | null> {
  try {
    const body: unknown = await response.json();
    return typeof body === "object" ? body : null;
  } catch {
    return null;
  }
}

function refusal(response: Response, body: object | null): Refused {
  const { errcode, error, retry_after_ms, soft_logout } = (body ?? {}) as Record<string, unknown>;
  return new Refused(
    response.status,
    typeof errcode === "string" ? errcode : "M_UNKNOWN",
    typeof error === "string" ? error : response.statusText,
    typeof retry_after_ms === "number" ? retry_after_ms : retryAfterHeader(response),
    soft_logout === true,
  );
}

function retryAfterHeader(response: Response): number | null {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : null;
}
