/** The server answered, and refused. */
export class Refused extends Error {
  readonly status: number;
  readonly errcode: string;
  readonly retryAfterMs: number | null;
  /** True when the sign-in may be renewed with the refresh token. */
  readonly softLogout: boolean;

  constructor(status: number, errcode: string, text: string, retryAfterMs: number | null, softLogout: boolean) {
    super(text);
    this.name = "Refused";
    this.status = status;
    this.errcode = errcode;
    this.retryAfterMs = retryAfterMs;
    this.softLogout = softLogout;
  }

  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return this.status === 429 || this.status === 408 || this.status >= 500;
  }
}

/** No answer: no network, no server, or too late. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("the server did not answer", { cause });
    this.name = "Unreachable";
  }
}
