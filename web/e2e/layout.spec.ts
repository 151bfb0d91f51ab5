import type { Page } from "@playwright/test";
import { phone } from "./browser.ts";
import { accept, expect, message, say, signIn, startChat, test } from "./fixtures.ts";

/** Nothing sticks out sideways, so nobody has to scroll in two directions. */
async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const sticksOut = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("body *")]
      .filter((element) => element.closest(".for-ears, svg") === null && element.getBoundingClientRect().width > 0)
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => `${element.tagName} ${element.className} ${element.textContent?.trim().slice(0, 40)}`),
  );
  expect(sticksOut).toEqual([]);
}

/** Every text twice as long, as some languages would have it. */
async function stretchWords(page: Page): Promise<void> {
  await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode as Text;
      if (text.data.trim() !== "" && text.parentElement?.closest("textarea") === null)
        text.data = `${text.data} ${text.data}`;
    }
  });
}

test("long names, long words and letters twice as large fit the smallest phone", async ({ house, person, visitor }) => {
  await house.add("lunga", `Massimiliano ${"Bartolomeo".repeat(6)} della Gherardesca 🍒`);
  const small = { ...phone, viewport: { width: 320, height: 640 } };
  const anna = await person("anna", "Anna", small);
  await startChat(anna, "lunga");
  await say(anna, `una${"parola".repeat(40)}senzaspazi`);
  await anna.getByRole("button", { name: "Send" }).tap();
  await say(anna, "مرحبا، كيف حالك اليوم؟");
  await anna.getByRole("button", { name: "Send" }).tap();
  await expect(message(anna, "مرحبا")).toBeVisible();
  await expectNoSidewaysScroll(anna);

  const other = await visitor(small);
  await other.goto("/");
  await signIn(other, "lunga");
  await accept(other, "Anna");
  for (const path of ["/#/", "/#/settings", "/#/new-group", "/#/new-chat"]) {
    await other.goto(path);
    await other.evaluate(() => {
      document.documentElement.style.fontSize = "200%";
    });
    await expect(other.getByRole("heading").first()).toBeVisible();
    await expectNoSidewaysScroll(other);
    await stretchWords(other);
    await expectNoSidewaysScroll(other);
  }
});
