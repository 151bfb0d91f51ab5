import { composer, expect, expectAccessible, message, say, signIn, startChat, test } from "./fixtures.ts";

test("signing out empties the device, signing in brings the chats back", async ({ house, person }) => {
  await house.add("bruno", "Bruno");
  const anna = await person("anna", "Anna");
  await startChat(anna, "bruno");
  await say(anna, "da ricordare");
  await expect(message(anna, "da ricordare").getByLabel("Sent")).toBeVisible();
  await anna.getByRole("link", { name: "Settings" }).click();
  await expectAccessible(anna);
  await anna.getByRole("button", { name: "Sign out" }).click();
  await expectAccessible(anna);
  await anna.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
  await expect(anna.getByRole("heading", { name: "Welcome back" })).toBeVisible();
  await expectAccessible(anna);
  const left = await anna.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(left).toEqual([]);

  await signIn(anna, "anna");
  await anna.getByRole("link", { name: /Bruno/ }).click();
  await expect(message(anna, "da ricordare")).toBeVisible();
});

test("name, language and look change at once and stay", async ({ person }) => {
  const anna = await person("anna", "Anna");
  await anna.getByRole("link", { name: "Settings" }).click();
  await anna.getByLabel("How people see you").fill("Anna la rossa");
  await anna.getByRole("button", { name: "Save" }).click();
  await expect(anna.getByText("Saved")).toBeVisible();
  await anna.getByText("Dark", { exact: true }).click();
  await expect(anna.locator("html")).toHaveAttribute("data-theme", "dark");
  await expectAccessible(anna);
  await anna.getByText("Italiano", { exact: true }).click();
  await expect(anna.getByRole("heading", { name: "Impostazioni" })).toBeVisible();
  await expect(anna.locator("html")).toHaveAttribute("lang", "it");
  await anna.reload();
  await expect(anna.getByRole("heading", { name: "Impostazioni" })).toBeVisible();
  await expect(anna.getByText("Anna la rossa")).toBeVisible();
  await expect(anna.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("the app opened in a second tab offers to be used there", async ({ person }) => {
  const anna = await person("anna", "Anna");
  const second = await anna.context().newPage();
  await second.goto("/");
  await expect(second.getByRole("heading", { name: "Sottovoce is open in another tab." })).toBeVisible();
  await second.getByRole("button", { name: "Use it here" }).click();
  await expect(second.getByRole("navigation")).toBeVisible();
  await expect(anna.getByRole("heading", { name: "Sottovoce is open in another tab." })).toBeVisible();
  await expect(composer(anna)).toHaveCount(0);
});
