import { defineConfig } from "@playwright/test";
import { browserOptions } from "./browser.ts";

/** Pictures of the app for looking at and for `docs/screens`; nothing is asserted by them. */
export default defineConfig({
  testDir: ".",
  testMatch: "*.shot.ts",
  workers: 1,
  timeout: 240_000,
  reporter: [["list"]],
  outputDir: "../test-results",
  use: { ...browserOptions },
});
