import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, expectAccessible, test } from "./fixtures.ts";
import { builtApp, startHouse } from "./house.ts";

/** Publishes the same app once more, as another version. */
function publishAnew(folder: string): void {
  const worker = join(folder, "sw.js");
  writeFileSync(
    worker,
    readFileSync(worker, "utf8").replace(/version:\s*"[^"]+"|"version":\s*"[^"]+"/, '"version":"another"'),
  );
  rmSync(`${worker}.br`);
  rmSync(`${worker}.gz`);
}

test("a new version waits quietly until it is wanted", async ({ browser }) => {
  const folder = mkdtempSync(join(tmpdir(), "sottovoce-app-"));
  cpSync(builtApp, folder, { recursive: true });
  const house = await startHouse(folder);
  await house.open();
  const context = await browser.newContext({ baseURL: house.url, locale: "en-GB" });
  const page = await context.newPage();
  await page.goto("/");
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();
  await expect(page.getByText("A new version is ready.")).toHaveCount(0);

  publishAnew(folder);
  await page.reload();
  await expect(page.getByText("A new version is ready.")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Use it now" }).click();
  await expect(page.getByText("A new version is ready.")).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => caches.keys())).toEqual(["app-another"]);
  await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();

  await context.close();
  await house.tearDown();
  rmSync(folder, { recursive: true });
});
