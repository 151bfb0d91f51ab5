import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess({ script: false }),
  compilerOptions: {
    runes: true,
    // A view keeps the view model it was made with for its whole life: taking parts of it once is right here.
    warningFilter: ({ code }) => code !== "state_referenced_locally",
  },
};
