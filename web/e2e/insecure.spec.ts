import { composer, expect, expectAccessible, message, say, startChat, test } from "./fixtures.ts";
import { password } from "./house.ts";

test("on a plain address the app works, and tells whoever opened the house what browsers withhold", async ({
  freshHouse,
  visitor,
}) => {
  const baseURL = freshHouse.url.replace("localhost", "casa.example");
  const host = await visitor({ baseURL });
  await host.goto(freshHouse.setupLink.replace(freshHouse.url, baseURL));
  expect(await host.evaluate(() => isSecureContext)).toBe(false);
  await host.getByRole("button", { name: "Go on" }).click();
  await host.getByRole("textbox", { name: "Name", exact: true }).fill("anna");
  await host.getByLabel("Password", { exact: true }).fill(password);
  await host.getByRole("button", { name: "Open the house" }).click();
  await expect(host.getByRole("heading", { name: "The connection is not private yet" })).toBeVisible();
  await expect(host.getByText("docs/running.md")).toBeVisible();
  await expectAccessible(host);
  await host.getByRole("button", { name: "I understand" }).click();

  await freshHouse.add("bruno", "Bruno");
  await startChat(host, "bruno");
  await say(host, "benvenuto");
  await expect(message(host, "benvenuto").getByLabel("Sent")).toBeVisible();

  const guest = await visitor({ baseURL });
  await guest.goto("/");
  await guest.getByRole("textbox", { name: "Name", exact: true }).fill("bruno");
  await guest.getByLabel("Password", { exact: true }).fill(password);
  await guest.getByRole("button", { name: "Come in" }).click();
  await expect(guest.getByText(/wants to write to you/)).toBeVisible();
  await expect(guest.getByText("The connection is not private yet")).toHaveCount(0);
  await expect(composer(guest)).toHaveCount(0);
});
