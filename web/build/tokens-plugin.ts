import type { Plugin } from "vite";
import { tokensCss } from "../src/design/tokens-css.ts";

const name = "virtual:tokens.css";

/** Offers the design tokens as a style sheet: `import "virtual:tokens.css"`. */
export function designTokens(): Plugin {
  return {
    name: "design-tokens",
    resolveId: (id) => (id === name ? `\0${name}` : null),
    load: (id) => (id === `\0${name}` ? tokensCss() : null),
  };
}
