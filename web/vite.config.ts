import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const serverUrl = process.env["SOTTOVOCE_URL"] ?? "http://127.0.0.1:8008";

export default defineConfig({
  plugins: [svelte()],
  build: { target: "es2023", modulePreload: { polyfill: false }, assetsInlineLimit: 0, sourcemap: false },
  server: { proxy: { "/_matrix": serverUrl, "/_sottovoce": serverUrl, "/.well-known": serverUrl } },
});
