import { Signal } from "../../lib/signal.ts";
import type { Network } from "../types.ts";

export function browserNetwork(): Network {
  const online = new Signal(navigator.onLine);
  const update = (): void => online.set(navigator.onLine);
  window.addEventListener("online", update);
  window.addEventListener("offline", update);
  return { online };
}
