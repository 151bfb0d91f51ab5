import { Refused, Unreachable } from "../matrix/api/errors.ts";
import type { Problem } from "./common.types.ts";

type Simple = Exclude<Problem["kind"], "other" | "too-many-tries">;

const BY_ERRCODE: Readonly<Record<string, Simple>> = {
  M_USER_IN_USE: "name-taken",
  M_EXCLUSIVE: "name-taken",
  M_INVALID_USERNAME: "name-invalid",
  M_WEAK_PASSWORD: "password-weak",
  M_USER_DEACTIVATED: "account-disabled",
  M_NOT_FOUND: "not-found",
  M_FORBIDDEN: "not-allowed",
};

/**
 * What went wrong, for the view to put in words. `meaning` says what some errcodes mean for this very request:
 * M_FORBIDDEN is a wrong password at sign-in, and not being allowed elsewhere.
 *
 * Throws again what is neither a refusal nor a missing answer: that is a fault of ours.
 */
export function problemOf(error: unknown, meaning: Readonly<Record<string, Simple>> = {}): Problem {
  if (error instanceof Unreachable) {
    return { kind: "unreachable" };
  }
  if (!(error instanceof Refused)) {
    throw error;
  }
  if (error.errcode === "M_LIMIT_EXCEEDED" || error.status === 429) {
    return { kind: "too-many-tries", retryAfterMs: error.retryAfterMs };
  }
  if (error.status >= 500) {
    return { kind: "unreachable" };
  }
  const kind = meaning[error.errcode] ?? BY_ERRCODE[error.errcode];
  return kind === undefined ? { kind: "other", text: error.message } : { kind };
}
