import type { BrowserContextOptions, Page } from "@playwright/test";
import { desktop, phone } from "./browser.ts";
import { accept, composer, expect, message, say, startChat, test } from "./fixtures.ts";
import { password } from "./house.ts";

const folder = "dev/shots";
const looks: Record<string, BrowserContextOptions> = {
  "phone-light-it": { ...phone, deviceScaleFactor: 2, colorScheme: "light", locale: "it-IT" },
  "phone-dark-en": { ...phone, deviceScaleFactor: 2, colorScheme: "dark", locale: "en-GB" },
  "desktop-light-en": { ...desktop, colorScheme: "light", locale: "en-GB" },
  "desktop-dark-it": { ...desktop, colorScheme: "dark", locale: "it-IT" },
};

async function picture(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(900);
  await page.screenshot({ path: `${folder}/${name}.png` });
}

test("the doors", async ({ freshHouse, visitor }) => {
  for (const [look, options] of Object.entries(looks)) {
    const page = await visitor(options);
    await page.goto(freshHouse.setupLink);
    await picture(page, `setup-${look}`);
  }
  await freshHouse.open();
  for (const [look, options] of Object.entries(looks)) {
    const page = await visitor(options);
    await page.goto("/");
    await picture(page, `sign-in-${look}`);
  }
});

test("a family", async ({ person, house, visitor }) => {
  const anna = await person("anna", "Anna");
  const bruno = await person("bruno", "Bruno");
  const rosa = await person("rosa", "Nonna Rosa 🍒");

  await startChat(rosa, "anna");
  await say(rosa, "Hai mangiato?");
  await accept(anna, "Nonna Rosa 🍒");
  await say(anna, "Sì nonna, la parmigiana era perfetta ❤️");
  await expect(message(rosa, "parmigiana")).toBeVisible();
  await startChat(bruno, "anna");
  await say(bruno, "Mi presti la bici sabato?");
  await accept(anna, "Bruno");
  await say(anna, "Certo, passa quando vuoi");

  await anna.getByRole("link", { name: "New chat" }).click();
  await anna.getByRole("button", { name: "New group" }).click();
  await anna.getByLabel("Name of the group").fill("Pranzo di domenica");
  for (const name of ["bruno", "rosa"]) {
    await anna.getByLabel("Who's in it?").fill(name);
    await anna.getByRole("button", { name: new RegExp(`${name}:casa.example`, "i") }).click();
  }
  await anna.getByRole("button", { name: "Create the group" }).click();
  await expect(anna.getByRole("heading", { name: "Pranzo di domenica" })).toBeVisible();
  await say(anna, "Domenica si pranza tutti insieme?");
  await say(anna, "Io porto il vino e la crostata di amarene 🍒");
  for (const page of [bruno, rosa]) {
    await accept(page, "Pranzo di domenica");
  }
  await say(bruno, "Certo! A che ora?");
  await say(rosa, "All'una, come sempre. E non fate tardi che la pasta non aspetta nessuno.");
  await expect(message(anna, "non aspetta")).toBeVisible();
  await message(anna, "A che ora?").getByRole("button", { name: "Reply to Bruno" }).click();
  await say(anna, "All'una! Passo io a prenderti");
  await expect(message(bruno, "prenderti")).toBeVisible();
  await say(rosa, "👏");
  await say(bruno, "Allora prendo due teglie di lasagne, così basta per tutti");
  await expect(message(anna, "lasagne")).toBeVisible();

  await house.add("carla", "Carla");
  const carla = await visitor();
  await carla.goto("/");
  await carla.getByRole("textbox", { name: "Name", exact: true }).fill("carla");
  await carla.getByLabel("Password", { exact: true }).fill(password);
  await carla.getByRole("button", { name: "Come in" }).click();
  await startChat(carla, "anna");
  await say(carla, "Ciao, sono la vicina!");
  await anna.context().close();

  for (const [look, options] of Object.entries(looks)) {
    const page = await visitor(options);
    await page.goto("/");
    await page.getByRole("textbox", { name: /^(Name|Nome)$/ }).fill("anna");
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: /^(Come in|Entra)$/ }).click();
    await expect(page.getByRole("link", { name: /Pranzo/ })).toBeVisible();
    await picture(page, `list-${look}`);
    await composer(bruno).pressSequentially("e ");
    await page.getByRole("link", { name: /Pranzo/ }).click();
    await expect(message(page, "lasagne")).toBeVisible();
    await picture(page, `group-${look}`);
    await page.getByRole("button", { name: "Emoji" }).click();
    await picture(page, `emoji-${look}`);
    await page.getByRole("button", { name: "Emoji" }).click();
    await page.getByRole("button", { name: /^(Who's here|Chi c'è)$/ }).click();
    await picture(page, `people-${look}`);
    await page.keyboard.press("Escape");
    await page.goto("/#/settings");
    await picture(page, `settings-${look}`);
    await page.goto("/#/new-group");
    await picture(page, `new-group-${look}`);
    await page.context().close();
  }
});
