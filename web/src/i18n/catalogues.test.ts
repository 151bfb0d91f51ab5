import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import en from "./en.json" with { type: "json" };
import it from "./it.json" with { type: "json" };

type Sentence = string | Record<string, string>;
const catalogues: Record<string, Record<string, Sentence>> = { en, it };

const forms = (sentence: Sentence): string[] => (typeof sentence === "string" ? [sentence] : Object.values(sentence));
const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();

/** Words of the protocol, of servers and of programmers, that no person should have to read. */
const forbidden: Record<string, RegExp> = {
  en: /\b(home ?servers?|servers?|rooms?|sessions?|keys?|events?|user ?ids?|timeline|matrix|sync\w*|payload|token|null|undefined|error)\b/i,
  it: /\b(home ?server|server|stanz[ae]|session[ei]|chiav[ei]|event[oi]|id utente|timeline|matrix|sincronizz\w*|token|null|undefined|errore)\b/i,
};

test("both languages have the same sentences", () => {
  expect(Object.keys(it)).toEqual(Object.keys(en));
});

test("both languages count the same sentences", () => {
  const counted = (catalogue: Record<string, Sentence>): string[] =>
    Object.entries(catalogue)
      .filter(([, sentence]) => typeof sentence !== "string")
      .map(([name]) => name);
  expect(counted(it)).toEqual(counted(en));
});

test("both languages use the same placeholders, whatever the plural form", () => {
  const all = (catalogue: Record<string, Sentence>): Record<string, string[]> =>
    Object.fromEntries(
      Object.entries(catalogue).map(([name, sentence]) => [
        name,
        [...new Set(placeholders(forms(sentence).at(-1) ?? ""))],
      ]),
    );
  expect(all(it)).toEqual(all(en));
});

test("every sentence is said somewhere", () => {
  const source = fileURLToPath(new URL("..", import.meta.url));
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
    /^(ui|app|i18n).*\.(svelte|ts)$/.test(name),
  );
  const code = files
    .filter((name) => !name.endsWith(".test.ts"))
    .map((name) => readFileSync(`${source}/${name}`, "utf8"))
    .join("\n");
  // Keys made from a code: `kind.${what}` says all that begin with "kind.".
  const families = [...code.matchAll(/`([a-z]+\.)\$\{/g)].map(([, family]) => family ?? "");
  const isSaid = (name: string): boolean =>
    code.includes(`"${name}"`) || families.some((family) => name.startsWith(family));
  expect(Object.keys(en).filter((name) => !isSaid(name))).toEqual([]);
});

describe.each(Object.entries(catalogues))("in %s", (language, catalogue) => {
  test("every sentence says something, without spaces at its ends", () => {
    const odd = Object.entries(catalogue).filter(([, sentence]) =>
      forms(sentence).some((text) => text === "" || text !== text.trim()),
    );
    expect(odd).toEqual([]);
  });

  test("every word is a person's word", () => {
    const shown = Object.entries(catalogue).flatMap(([name, sentence]) =>
      forms(sentence).map((text) => [name, text.replace(/\{\w+\}/g, "")]),
    );
    expect(shown.filter(([, text]) => forbidden[language]?.test(text ?? ""))).toEqual([]);
  });

  test("a counted sentence has a form for one and for any other number", () => {
    const counted = Object.values(catalogue).filter((sentence) => typeof sentence !== "string");
    expect(counted.every((sentence) => "one" in sentence && "other" in sentence)).toBe(true);
  });
});
