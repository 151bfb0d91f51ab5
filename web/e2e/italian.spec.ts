import { phone } from "./browser.ts";
import { composer, expect, expectAccessible, message, test } from "./fixtures.ts";
import { password } from "./house.ts";

test("tutto in italiano, su un telefono", async ({ house, visitor }) => {
  await house.add("bruno", "Bruno");
  const anna = await visitor({ ...phone, locale: "it-IT" });
  await anna.goto("/");
  await anna.getByRole("link", { name: "Prima volta qui? Crea un account" }).tap();
  await anna.getByLabel("Come ti chiamano?").fill("Anna");
  await anna.getByRole("textbox", { name: "Nome", exact: true }).fill("anna");
  await anna.getByLabel("Password", { exact: true }).fill(password);
  await anna.getByRole("button", { name: "Crea il mio account" }).tap();
  await expect(anna.getByText("Ancora nessuna chat")).toBeVisible();
  await expectAccessible(anna);

  await anna.getByRole("link", { name: "Nuova chat" }).tap();
  await anna.getByRole("textbox", { name: "Nome", exact: true }).fill("nessuno-di-qui");
  await expect(anna.getByText("Qui nessuno si chiama nessuno-di-qui.")).toBeVisible();
  await anna.getByRole("textbox", { name: "Nome", exact: true }).fill("bruno");
  await anna.getByRole("button", { name: /bruno:casa.example/ }).tap();
  await expect(anna.getByText("Bruno non ha ancora risposto.")).toBeVisible();

  await anna.getByRole("button", { name: "Emoji" }).tap();
  await anna.getByRole("searchbox", { name: "Cerca un'emoji" }).fill("ciliegie");
  await anna.getByRole("button", { name: "ciliegie", exact: true }).tap();
  await anna.getByRole("searchbox", { name: "Cerca un'emoji" }).fill("cherries");
  await anna.getByRole("button", { name: "ciliegie", exact: true }).tap();
  await expectAccessible(anna);
  await expect(composer(anna)).toHaveValue("🍒🍒");
  await anna.getByRole("button", { name: "Invia" }).tap();
  await expect(message(anna, "🍒🍒").getByLabel("Inviato")).toBeVisible();
  await expectAccessible(anna);

  // The phone's own back button leads out of the chat, to the list.
  await anna.getByRole("button", { name: "Indietro" }).tap();
  await expect(anna.getByRole("link", { name: /Bruno.*Tu: 🍒🍒/ })).toBeVisible();
  await anna.goForward();
  await expect(composer(anna)).toBeVisible();
  await anna.goBack();
  await expect(anna.getByRole("link", { name: /Bruno/ })).toBeVisible();
});
