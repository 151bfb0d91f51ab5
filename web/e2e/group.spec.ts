import { accept, composer, expect, expectAccessible, message, say, startChat, test } from "./fixtures.ts";

test("three people share a group", async ({ person }) => {
  const anna = await person("anna", "Anna");
  const bruno = await person("bruno", "Bruno");
  const carla = await person("carla", "Carla");

  await anna.getByRole("link", { name: "New chat" }).click();
  await anna.getByRole("button", { name: "New group" }).click();
  await expectAccessible(anna);
  await anna.getByRole("button", { name: "Create the group" }).click();
  await expect(anna.getByText("Pick at least one person.")).toBeVisible();
  await anna.getByLabel("Name of the group").fill("Famiglia");
  for (const name of ["bruno", "carla"]) {
    await anna.getByLabel("Who's in it?").fill(name);
    await anna.getByRole("button", { name: new RegExp(`${name}:casa.example`, "i") }).click();
  }
  await anna.getByRole("button", { name: "Create the group" }).click();
  await expect(composer(anna)).toBeVisible();
  await say(anna, "Domenica si pranza insieme?");

  for (const page of [bruno, carla]) {
    await expect(page.getByText("Anna invites you to Famiglia")).toBeVisible();
    await accept(page, "Famiglia");
    await expect(message(page, "Domenica si pranza insieme?")).toContainText("Anna");
  }
  await say(bruno, "Io ci sono");
  await say(carla, "Anch'io");
  for (const text of ["Io ci sono", "Anch'io"]) {
    for (const page of [anna, bruno, carla]) await expect(message(page, text)).toBeVisible();
  }

  await message(carla, "Domenica si pranza insieme?").getByRole("button", { name: "Reply to Anna" }).click();
  await expect(carla.getByText("Replying to Anna")).toBeVisible();
  await say(carla, "A che ora?");
  await expect(message(bruno, "A che ora?")).toContainText("Domenica si pranza insieme?");

  await bruno.getByRole("button", { name: "Who's here" }).click();
  await expect(bruno.getByRole("dialog").getByRole("listitem")).toHaveCount(3);
  await expectAccessible(bruno);
  await bruno.getByRole("button", { name: "Leave the chat" }).click();
  await bruno.getByRole("button", { name: "Leave the chat" }).click();
  await expect(bruno.getByText("No chats yet")).toBeVisible();
  await expect(anna.getByText("Bruno left the chat")).toBeVisible();
});

test("unread messages are counted until they are seen", async ({ person }) => {
  const anna = await person("anna", "Anna");
  const bruno = await person("bruno", "Bruno");
  await startChat(anna, "bruno");
  await accept(bruno, "Anna");
  await say(anna, "uno");
  await expect(message(bruno, "uno")).toBeVisible();
  await bruno.goto("/#/");
  await expect(composer(bruno)).toHaveCount(0);
  await say(anna, "due");
  await say(anna, "tre");
  await expect(bruno.getByRole("link", { name: /Anna.*2 unread messages/ })).toBeVisible();
  await expect(bruno).toHaveTitle("(2) Sottovoce");
  await bruno.getByRole("link", { name: /Anna/ }).click();
  await expect(bruno.getByText("Unread from here")).toBeVisible();
  await expect(bruno).toHaveTitle("Sottovoce");
});
