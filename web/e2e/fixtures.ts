import AxeBuilder from "@axe-core/playwright";
import { type BrowserContextOptions, test as base, expect, type Page } from "@playwright/test";
import { desktop } from "./browser.ts";
import { type House, password, startHouse } from "./house.ts";

interface Fixtures {
  /** A server of this test's own, set up already. */
  house: House;
  /** A server of this test's own, as it is at its very first start. */
  freshHouse: House;
  /** A new browser profile; errors in its pages fail the test. */
  visitor: (options?: BrowserContextOptions) => Promise<Page>;
  /** Makes an account and signs in with it, in a profile of its own. */
  person: (name: string, displayName: string, options?: BrowserContextOptions) => Promise<Page>;
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: the test library reads the names from this pattern
  freshHouse: async ({}, use) => {
    const house = await startHouse();
    await use(house);
    await house.tearDown();
  },
  house: async ({ freshHouse }, use) => {
    await freshHouse.open();
    await use(freshHouse);
  },
  visitor: async ({ browser, freshHouse }, use) => {
    const errors: string[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ ...desktop, locale: "en-GB", baseURL: freshHouse.url, ...options });
      const page = await context.newPage();
      page.on("pageerror", ({ message, stack }) => {
        // Requests of the SDK that are cut off when it is told to stop end so, and nothing waits for them.
        if (!message.includes("signal is aborted without reason")) errors.push(stack ?? message);
      });
      page.on("console", (message) => {
        if (/Content Security Policy/.test(message.text())) errors.push(message.text());
      });
      return page;
    });
    expect(errors, "errors in the pages").toEqual([]);
  },
  person: async ({ house, visitor }, use) => {
    await use(async (name, displayName, options) => {
      await house.add(name, displayName);
      const page = await visitor(options);
      await page.goto("/");
      await signIn(page, name);
      return page;
    });
  },
});

const italian = { name: "Nome", password: "Password", enter: "Entra" };
const english = { name: "Name", password: "Password", enter: "Come in" };

export async function signIn(page: Page, name: string, language: "en" | "it" = "en"): Promise<void> {
  const words = language === "it" ? italian : english;
  await page.getByRole("textbox", { name: words.name, exact: true }).fill(name);
  await page.getByLabel(words.password, { exact: true }).fill(password);
  await page.getByRole("button", { name: words.enter }).click();
  await expect(page.getByRole("navigation")).toBeVisible();
}

/** Starts a chat with somebody by name and leaves it open. */
export async function startChat(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: "New chat" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByRole("listitem").getByRole("button").first().click();
  await expect(page).toHaveURL(/#\/chat\//);
  await expect(composer(page)).toBeVisible();
}

/** Accepts the one invitation that waits, and waits until the chat it leads to is open in the place of any other. */
export async function accept(page: Page, title: string): Promise<void> {
  await page.getByRole("button", { name: "Accept" }).click();
  await expect(page.getByRole("heading", { level: 1, name: title, exact: true })).toBeVisible();
  await expect(composer(page)).toBeVisible();
}

export const composer = (page: Page) => page.getByRole("textbox", { name: /^(Write to|Scrivi a) / });

export async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press("Enter");
}

/** A message in the open chat, by what it says. */
export const message = (page: Page, text: string | RegExp) => page.getByRole("article").filter({ hasText: text });

/** What the open chat's messages say, oldest first, as far as they are in sight. */
export async function messagesInSight(page: Page): Promise<string[]> {
  const found = await page.getByRole("article").evaluateAll((articles) =>
    articles
      .map((article) => ({
        top: article.getBoundingClientRect().top,
        text: article.querySelector("p[dir]")?.textContent?.trim() ?? "",
      }))
      .sort((one, other) => one.top - other.top)
      .map(({ text }) => text),
  );
  return found;
}

/** No rule of WCAG 2.2 AA that a machine can check is broken on what is shown now. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`)).toEqual([]);
}

export { expect };
