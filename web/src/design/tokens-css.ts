import { durations, fonts, type Palette, sizes, themes } from "./tokens.ts";

function properties(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `--${name}:${value}`)
    .join(";");
}

function palette(scheme: "light" | "dark", colours: Palette): string {
  return `color-scheme:${scheme};${properties(colours)}`;
}

/** The style sheet that defines every token: light, dark when the device or the person wants it. */
export function tokensCss(): string {
  const fixed = properties({
    ...sizes,
    ...durations,
    ...Object.fromEntries(Object.entries(fonts).map(([name, stack]) => [`font-${name}`, stack])),
  });
  const { light, dark } = themes;
  return [
    `:root{${fixed};${palette("light", light)}}`,
    `@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${palette("dark", dark)}}}`,
    `:root[data-theme=dark]{${palette("dark", dark)}}`,
  ].join("\n");
}
