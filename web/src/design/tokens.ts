/**
 * The only place for raw colours, sizes and durations. Everything else says `var(--name)`.
 *
 * The names speak of use, not of looks: a brand or a theme overrides values, never names.
 * `tokens-css.ts` turns this into custom properties; a test computes the contrast of every pair in `textOn`.
 */
export type ThemeName = "light" | "dark";

const light = {
  ground: "#fbf7f5",
  sunken: "#f3ebe7",
  surface: "#ffffff",
  raised: "#ffffff",
  hover: "#f4e9e6",
  picked: "#fbe2e9",
  line: "#e7d9d5",
  "line-strong": "#8f7880",
  ink: "#2b161e",
  "ink-soft": "#6d5560",
  accent: "#9b1b4a",
  "accent-strong": "#7d1239",
  "accent-ink": "#ffffff",
  own: "#ffdfc6",
  "own-ink": "#331a14",
  "own-soft": "#70463a",
  warn: "#fdefc8",
  "warn-ink": "#553c00",
  danger: "#b02a0b",
  "danger-ink": "#ffffff",
  good: "#49651a",
  shadow: "rgb(64 20 36 / 14%)",
  veil: "rgb(43 22 30 / 45%)",
  "person-0": "#9b1b4a",
  "person-0-soft": "#f9dde6",
  "person-1": "#94400b",
  "person-1-soft": "#ffe3cd",
  "person-2": "#6d5200",
  "person-2-soft": "#faeab8",
  "person-3": "#48621a",
  "person-3-soft": "#e4eecb",
  "person-4": "#0f6557",
  "person-4-soft": "#d2eee6",
  "person-5": "#19608a",
  "person-5-soft": "#d6eafa",
  "person-6": "#5547a3",
  "person-6-soft": "#e6e1fb",
  "person-7": "#833a8c",
  "person-7-soft": "#f5dff7",
} as const;

export type ColourName = keyof typeof light;
export type Palette = Readonly<Record<ColourName, string>>;

const dark: Palette = {
  ground: "#1c1317",
  sunken: "#150e11",
  surface: "#2b1f25",
  raised: "#33262c",
  hover: "#2a1d23",
  picked: "#4a1d2f",
  line: "#443039",
  "line-strong": "#9d8390",
  ink: "#f8ecf0",
  "ink-soft": "#c6adb7",
  accent: "#ff9cba",
  "accent-strong": "#ffb9ce",
  "accent-ink": "#3f051c",
  own: "#6a2542",
  "own-ink": "#fff0f4",
  "own-soft": "#f1c3d1",
  warn: "#45340c",
  "warn-ink": "#ffe4a3",
  danger: "#ffa58d",
  "danger-ink": "#431002",
  good: "#bcd98a",
  shadow: "rgb(0 0 0 / 45%)",
  veil: "rgb(10 4 7 / 65%)",
  "person-0": "#ff9cba",
  "person-0-soft": "#521c33",
  "person-1": "#ffb27d",
  "person-1-soft": "#4f2a12",
  "person-2": "#ecc95c",
  "person-2-soft": "#43340a",
  "person-3": "#bcd98a",
  "person-3-soft": "#323e17",
  "person-4": "#7fdcc6",
  "person-4-soft": "#0e4038",
  "person-5": "#8fcbf5",
  "person-5-soft": "#133a54",
  "person-6": "#c0b4ff",
  "person-6-soft": "#372f68",
  "person-7": "#eba9f2",
  "person-7-soft": "#4f2355",
};

export const themes: Readonly<Record<ThemeName, Palette>> = { light, dark };

/** What the browser paints around the app, per theme (`theme-color`). */
export const chromeColours: Readonly<Record<ThemeName, string>> = { light: light.ground, dark: dark.ground };

export const sizes = {
  "space-1": "0.25rem",
  "space-2": "0.5rem",
  "space-3": "0.75rem",
  "space-4": "1rem",
  "space-5": "1.5rem",
  "space-6": "2rem",
  "space-7": "3rem",
  "text-small": "0.8125rem",
  "text-note": "0.875rem",
  "text-body": "1rem",
  "text-lead": "1.125rem",
  "text-title": "1.375rem",
  "text-hero": "2rem",
  "text-emoji": "2.5rem",
  touch: "2.75rem",
  avatar: "3rem",
  "avatar-small": "2rem",
  "avatar-large": "4.5rem",
  "radius-small": "0.5rem",
  radius: "0.875rem",
  bubble: "1.25rem",
  "bubble-tip": "0.3rem",
  pill: "999rem",
  "list-width": "23rem",
  "timeline-width": "54rem",
  "bubble-width": "34rem",
  "form-width": "24rem",
  "focus-width": "0.15rem",
  hairline: "1px",
} as const;

export const durations = { quick: "120ms", calm: "220ms", breath: "1400ms" } as const;

export const fonts = {
  voice: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif',
  score:
    '"Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", P052, "Noto Serif", "Liberation Serif", Georgia, serif',
  emoji: '"Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji", sans-serif',
} as const;

/** From this width on, the list and the chat stand side by side. */
export const twoPanesFromPx = 900;

const grounds = ["ground", "sunken", "surface", "raised", "hover", "picked"] as const;

/** Every text colour with every ground it may stand on; each pair must reach 4.5 : 1. */
export const textOn: readonly (readonly [text: ColourName, ground: ColourName])[] = [
  ...grounds.flatMap((ground) =>
    (["ink", "ink-soft", "accent", "danger", "good"] as const).map((text) => [text, ground] as const),
  ),
  ["accent-ink", "accent"],
  ["accent-ink", "accent-strong"],
  ["danger-ink", "danger"],
  ["own-ink", "own"],
  ["own-soft", "own"],
  ["warn-ink", "warn"],
  ...([0, 1, 2, 3, 4, 5, 6, 7] as const).flatMap((person) => [
    [`person-${person}`, `person-${person}-soft`] as const,
    [`person-${person}`, "surface"] as const,
    [`person-${person}`, "own"] as const,
  ]),
];

/** Edges of fields and marks that carry meaning without being text; each pair must reach 3 : 1. */
export const edgeOn: readonly (readonly [edge: ColourName, ground: ColourName])[] = (
  ["line-strong", "accent"] as const
).flatMap((edge) => grounds.map((ground) => [edge, ground] as const));
