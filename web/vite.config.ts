import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { emojiData } from "./build/emoji-plugin.ts";
import { finish } from "./build/finish-plugin.ts";
import { designTokens } from "./build/tokens-plugin.ts";

const serverUrl = process.env["SOTTOVOCE_URL"] ?? "http://127.0.0.1:8008";

export default defineConfig({
  plugins: [svelte(), designTokens(), emojiData(), finish()],
  build: {
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: { app: "index.html", sw: "src/app/worker/sw.ts" },
      output: { entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
  server: { proxy: { "/_matrix": serverUrl, "/_sottovoce": serverUrl, "/.well-known": serverUrl } },
});
