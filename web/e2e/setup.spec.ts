import { composer, expect, expectAccessible, test } from "./fixtures.ts";
import { password } from "./house.ts";

test("the first person opens the house with the setup link", async ({ freshHouse, visitor }) => {
  const page = await visitor();
  await page.goto(freshHouse.setupLink);
  await expect(page.getByRole("heading", { name: "Let's open the house" })).toBeVisible();
  await expect(page.getByText("This address works on this machine only.")).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel("Where will people find you?").fill("not a name");
  await page.getByRole("button", { name: "Go on" }).click();
  await expect(page.getByText("Write it like chat.example.org")).toBeVisible();

  await page.getByLabel("Where will people find you?").fill("casa.example");
  await expect(page.getByText("@anna:casa.example. It can never be changed later.")).toBeVisible();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByLabel("What do people call you?").fill("Anna");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("anna");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Open the house" }).click();
  await expect(page.getByText("At least 8 characters.", { exact: true })).toBeVisible();
  await expectAccessible(page);

  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Open the house" }).click();
  await expect(page.getByText("No chats yet")).toBeVisible();
  await expect(page).toHaveURL(`${freshHouse.url}/#/`);
  await page.getByRole("link", { name: "Settings" }).click();
  await expect(page.getByText("anna:casa.example")).toBeVisible();
});

test("a used setup link leads to signing in, not to a second house", async ({ house, visitor }) => {
  const page = await visitor();
  await page.goto(house.setupLink);
  await expect(page.getByRole("heading", { name: "Welcome back" })).toBeVisible();
});

test("a house without its first person asks for the setup link", async ({ freshHouse, visitor }) => {
  const page = await visitor();
  await page.goto(freshHouse.url);
  await expect(page.getByRole("heading", { name: "This place isn't ready yet" })).toBeVisible();
  await expectAccessible(page);
});

test("somebody new makes an account where that is open, and is told what is wrong with a name", async ({
  house,
  visitor,
}) => {
  await house.add("taken", "Somebody");
  const page = await visitor();
  await page.goto("/");
  await page.getByRole("link", { name: "New here? Create an account" }).click();
  await expectAccessible(page);
  await page.getByLabel("What do people call you?").fill("Bruno");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Bruno!");
  await expect(page.getByText("Small letters, digits, dots, dashes and underscores only.")).toBeVisible();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("taken");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create my account" }).click();
  await expect(page.getByText("Somebody already has this name.")).toBeVisible();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("bruno");
  await page.getByRole("button", { name: "Create my account" }).click();
  await expect(page.getByText("No chats yet")).toBeVisible();
});

test("a wrong password is said to be wrong", async ({ house, visitor }) => {
  await house.add("bruno", "Bruno");
  const page = await visitor();
  await page.goto("/");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("bruno");
  await page.getByLabel("Password", { exact: true }).fill("something else");
  await page.getByRole("button", { name: "Come in" }).click();
  await expect(page.getByText("Name or password isn't right.")).toBeVisible();
  await expect(composer(page)).toHaveCount(0);
  await expectAccessible(page);
});
