/**
 * Draws the app's icons from `public/icon.svg`; run by hand when the drawing changes, results are kept.
 *
 * The maskable one fills the square, with the drawing inside the circle that any mask leaves.
 */
import { readFileSync } from "node:fs";
import { chromium } from "@playwright/test";

const drawing = readFileSync("public/icon.svg", "utf8");
const square = drawing
  .replace('rx="15"', "")
  .replace("translate(10.500 11.500) scale(.66)", "translate(15 16) scale(.53)");

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const { name, size, svg } of [
  { name: "icon-192", size: 192, svg: drawing },
  { name: "icon-512", size: 512, svg: drawing },
  { name: "icon-maskable-512", size: 512, svg: square },
]) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<body style="margin:0">${svg}</body>`);
  await page.screenshot({ path: `public/${name}.png`, omitBackground: true });
}
await browser.close();
