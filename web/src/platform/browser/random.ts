import type { Random } from "../types.ts";

const ID_BYTES = 16;
const TWO_TO_THE_32 = 2 ** 32;

/** Not `randomUUID`: browsers withhold it where there is no TLS. */
export const browserRandom: Random = {
  id() {
    const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  },
  fraction() {
    const [number] = crypto.getRandomValues(new Uint32Array(1));
    return (number ?? 0) / TWO_TO_THE_32;
  },
};
