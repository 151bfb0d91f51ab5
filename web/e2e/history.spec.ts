import { phone } from "./browser.ts";
import { composer, expect, message, messagesInSight, test } from "./fixtures.ts";
import { type House, password } from "./house.ts";

/** Two people with a long past, written by their other apps. */
async function longPast({ url }: House, count: number): Promise<void> {
  const call = async (
    method: string,
    path: string,
    token: string | null,
    body: object,
  ): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${url}/_matrix/client/v3/${path}`, {
      method,
      body: JSON.stringify(body),
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const enter = async (user: string): Promise<string> => {
    const identifier = { type: "m.id.user", user };
    return String(
      (await call("POST", "login", null, { type: "m.login.password", identifier, password }))["access_token"],
    );
  };
  const [anna, bruno] = [await enter("anna"), await enter("bruno")];
  const created = await call("POST", "createRoom", anna, {
    preset: "trusted_private_chat",
    is_direct: true,
    invite: ["@bruno:casa.example"],
  });
  const room = encodeURIComponent(String(created["room_id"]));
  await call("POST", `join/${room}`, bruno, {});
  for (let at = 1; at <= count; at += 1) {
    const body = at % 5 === 0 ? `numero ${at}, più lungo degli altri: ${"parole ".repeat(at % 30)}` : `numero ${at}`;
    const token = at % 3 === 0 ? anna : bruno;
    await call("PUT", `rooms/${room}/send/m.room.message/past${at}`, token, { msgtype: "m.text", body });
  }
}

test("a long past can be read up to its beginning, and stays put while older messages come", async ({
  house,
  visitor,
}) => {
  await house.add("anna", "Anna");
  await house.add("bruno", "Bruno");
  await longPast(house, 130);
  const anna = await visitor(phone);
  await anna.goto("/");
  await anna.getByRole("textbox", { name: "Name", exact: true }).fill("anna");
  await anna.getByLabel("Password", { exact: true }).fill(password);
  await anna.getByRole("button", { name: "Come in" }).click();
  await anna.getByRole("link", { name: /Bruno/ }).click();
  // What Anna wrote herself is read, the rest begins after it.
  await expect(anna.getByText("Unread from here")).toBeInViewport();
  await expect(message(anna, "numero 130,")).toBeInViewport();

  const scroller = anna.getByRole("region", { name: "Messages" });
  for (let steps = 0; steps < 120; steps += 1) {
    const before = await firstInSight();
    await scroller.evaluate((element) => element.scrollBy(0, -300));
    await anna.waitForTimeout(120);
    const after = await firstInSight();
    // Never jumps: one step moves by a few messages only, up.
    if (before !== null && after !== null) {
      expect(after).toBeLessThanOrEqual(before);
      expect(before - after).toBeLessThan(20);
    }
    if (await anna.getByText("This is where it begins.").isVisible()) break;
  }
  await expect(message(anna, /^\s*numero 1(?!\d)/)).toBeVisible();
  await expect(anna.getByText("This is where it begins.")).toBeVisible();

  // One's own words bring one back to the end.
  await composer(anna).fill("eccomi di nuovo");
  await anna.getByRole("button", { name: "Send" }).tap();
  await expect(message(anna, "eccomi di nuovo")).toBeInViewport();

  async function firstInSight(): Promise<number | null> {
    const numbers = (await messagesInSight(anna))
      .map((text) => /^numero (\d+)/.exec(text)?.[1])
      .filter((found) => found !== undefined);
    return numbers.length === 0 ? null : Number(numbers[0]);
  }
});
