/** Whether what is on the screen is live. */
export type Connection =
  | "connecting" // first contact since the app opened
  | "live"
  | "offline" // the device has no network
  | "server-unreachable" // the device has a network, the server does not answer; tried again by itself
  | "stopped"; // the device's own storage failed: only reloading helps
