import { describe, expect, test } from "vitest";
import { edgeOn, type Palette, textOn, themes } from "./tokens.ts";

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

function tooFaint(palette: Palette, pairs: typeof textOn, least: number): string[] {
  return pairs
    .map(([front, back]) => ({ name: `${front} on ${back}`, ratio: contrast(palette[front], palette[back]) }))
    .filter(({ ratio }) => ratio < least)
    .map(({ name, ratio }) => `${name}: ${ratio.toFixed(2)}`);
}

describe.each(Object.entries(themes))("in the %s theme", (_name, palette) => {
  test("every text is readable on every ground it may stand on", () => {
    expect(tooFaint(palette, textOn, 4.5)).toEqual([]);
  });

  test("every edge that carries meaning stands out from its ground", () => {
    expect(tooFaint(palette, edgeOn, 3)).toEqual([]);
  });
});

test("the measure itself gives 21 for black on white", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 1);
});
