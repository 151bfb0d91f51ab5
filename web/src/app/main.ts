import { browserPlatform } from "../platform/browser/platform.ts";
import { createStart } from "../viewmodels/start.ts";
import { mountApp } from "./mount.ts";

/** The setup link ends in `/setup#CODE`: a code after `#` never reaches a log on the way. */
function setupCode({ pathname, hash }: Location): string | null {
  return pathname === "/setup" && hash.length > 1 ? decodeURIComponent(hash.slice(1)) : null;
}

// After an upgrade of the place, the pieces this page would still load are gone: begin again with the new ones.
addEventListener("vite:preloadError", () => location.reload());

const platform = browserPlatform();
mountApp(createStart(platform, { setupCode: setupCode(location) }), platform.preferences, () => platform.clock.nowMs());
