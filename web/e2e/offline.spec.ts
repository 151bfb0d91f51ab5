import { accept, composer, expect, message, messagesInSight, say, startChat, test } from "./fixtures.ts";

test("what is written without a network leaves later, once and in order, even after a reload", async ({ person }) => {
  const anna = await person("anna", "Anna");
  const bruno = await person("bruno", "Bruno");
  await startChat(anna, "bruno");
  await accept(bruno, "Anna");
  await say(anna, "prima");
  await expect(message(bruno, "prima")).toBeVisible();
  // The app must be kept after its very first opening, which the worker did not see.
  await anna.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await anna.waitForTimeout(2000);

  await anna.context().setOffline(true);
  await expect(anna.getByText("You are offline.").first()).toBeVisible();
  await say(anna, "uno");
  await say(anna, "due");
  await expect(message(anna, "uno").getByLabel("Waits for the connection")).toBeVisible();
  await anna.reload();
  await expect(message(anna, "prima")).toBeVisible();
  await expect(message(anna, "due").getByLabel("Waits for the connection")).toBeVisible();
  await say(anna, "tre");
  await anna.context().setOffline(false);

  await expect(message(bruno, "tre")).toBeVisible({ timeout: 20_000 });
  await expect(message(anna, "tre").getByLabel(/Sent|Read/)).toBeVisible();
  expect((await messagesInSight(bruno)).slice(-4)).toEqual(["prima", "uno", "due", "tre"]);
  expect((await messagesInSight(anna)).slice(-4)).toEqual(["prima", "uno", "due", "tre"]);
});

test("the app says when the place does not answer, and goes on by itself", async ({ house, person }) => {
  const anna = await person("anna", "Anna");
  const bruno = await person("bruno", "Bruno");
  await startChat(anna, "bruno");
  await accept(bruno, "Anna");
  await house.stop();
  await expect(anna.getByText(/We can't reach localhost:\d+ right now/).first()).toBeVisible({ timeout: 20_000 });
  await say(anna, "ci sei?");
  await expect(message(anna, "ci sei?")).toBeVisible();
  await house.startAgain();
  await expect(message(bruno, "ci sei?")).toBeVisible({ timeout: 40_000 });
  await expect(composer(anna)).toBeVisible();
});
