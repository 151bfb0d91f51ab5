import { accept, composer, expect, expectAccessible, message, say, startChat, test } from "./fixtures.ts";

test("two people write to each other, live", async ({ person }) => {
  const anna = await person("anna", "Anna");
  const bruno = await person("bruno", "Bruno");
  await startChat(anna, "bruno");
  await expect(anna.getByText("Bruno hasn't answered yet.")).toBeVisible();
  await say(anna, "Ciao Bruno!");
  await expect(message(anna, "Ciao Bruno!").getByLabel("Sent")).toBeVisible();

  await expect(bruno.getByText("Anna wants to write to you")).toBeVisible();
  await accept(bruno, "Anna");
  await expect(message(bruno, "Ciao Bruno!")).toBeVisible();
  await expect(message(anna, "Ciao Bruno!").getByLabel("Read")).toBeVisible();

  await composer(bruno).pressSequentially("Ciao");
  await expect(anna.getByRole("region", { name: "Chat with Bruno" }).getByText("Bruno is writing…")).toBeVisible();
  await say(bruno, "Ciao Anna, come stai?");
  await expect(message(anna, "Ciao Anna, come stai?")).toBeVisible();
  await expectAccessible(anna);
});
