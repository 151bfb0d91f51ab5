import type { Page } from "@playwright/test";
import { accept, composer, expect, message, startChat, test } from "./fixtures.ts";
import { password } from "./house.ts";

/** Presses Tab until something called so has the focus. */
async function tabTo(page: Page, name: RegExp, key = "Tab"): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    const focused = page.locator(":focus");
    if ((await focused.count()) > 0) {
      const label = await focused.evaluate(
        (element) =>
          element.getAttribute("aria-label") ??
          (element as HTMLInputElement).labels?.[0]?.textContent ??
          element.textContent ??
          "",
      );
      if (name.test(label.trim())) return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`Tab never reaches ${name}`);
}

test("signing in, starting a chat, writing, answering and leaving need no mouse", async ({
  house,
  person,
  visitor,
}) => {
  const bruno = await person("bruno", "Bruno");
  await house.add("anna", "Anna");
  const anna = await visitor();
  await anna.goto("/");
  await tabTo(anna, /^Name$/);
  await anna.keyboard.type("anna");
  await tabTo(anna, /^Password$/);
  await anna.keyboard.type(password);
  await anna.keyboard.press("Enter");
  await expect(anna.getByText("No chats yet")).toBeVisible();

  await tabTo(anna, /^New chat$/);
  await anna.keyboard.press("Enter");
  await expect(anna.getByRole("textbox", { name: "Name", exact: true })).toBeFocused();
  await anna.keyboard.type("bruno");
  await expect(anna.getByRole("button", { name: /bruno:casa.example/ })).toBeVisible();
  await tabTo(anna, /bruno:casa.example/);
  await anna.keyboard.press("Enter");
  await expect(composer(anna)).toBeFocused();
  await anna.keyboard.type("prima riga");
  await anna.keyboard.press("Shift+Enter");
  await anna.keyboard.type("seconda riga");
  await anna.keyboard.press("Enter");
  await accept(bruno, "Anna");
  await expect(message(bruno, "prima riga\nseconda riga")).toBeVisible();
  await composer(bruno).fill("ciao!");
  await composer(bruno).press("Enter");
  await expect(message(anna, "ciao!")).toBeVisible();

  // Back from the field to the newest message, up to the one before and down again, then to its answer button.
  await tabTo(anna, /^Bruno, \d\d:\d\d$/, "Shift+Tab");
  await anna.keyboard.press("ArrowUp");
  await expect(message(anna, "prima riga")).toBeFocused();
  await anna.keyboard.press("ArrowDown");
  await expect(message(anna, "ciao!")).toBeFocused();
  await tabTo(anna, /^Reply to Bruno$/);
  await anna.keyboard.press("Enter");
  await expect(composer(anna)).toBeFocused();
  await anna.keyboard.type("eccomi");
  await anna.keyboard.press("Enter");
  await expect(message(bruno, "eccomi")).toContainText("ciao!");

  await tabTo(anna, /^Who's here$/, "Shift+Tab");
  await anna.keyboard.press("Enter");
  await expect(anna.getByRole("dialog")).toBeVisible();
  await anna.keyboard.press("Escape");
  await expect(anna.getByRole("dialog")).toHaveCount(0);
  await expect(anna.getByRole("button", { name: "Who's here" })).toBeFocused();
});

test("new messages of others are said to screen readers, what was there before is not", async ({ person }) => {
  const anna = await person("anna", "Anna");
  const bruno = await person("bruno", "Bruno");
  await startChat(anna, "bruno");
  await composer(anna).fill("già scritto");
  await composer(anna).press("Enter");
  await accept(bruno, "Anna");
  await expect(message(bruno, "già scritto")).toBeVisible();
  const said = bruno.locator("[aria-live=polite].for-ears");
  await expect(said).toHaveText("");
  await composer(anna).fill("nuovo");
  await composer(anna).press("Enter");
  await expect(said).toHaveText("Anna says: nuovo");
});
