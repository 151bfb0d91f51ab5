import { expect, test } from "vitest";
import { hrefOf, type Route, routeOf } from "./route.ts";

test("every route survives the address bar", () => {
  const routes: Route[] = [
    { kind: "list" },
    { kind: "chat", chatId: "!a/b#c:casa.example" },
    { kind: "new-chat" },
    { kind: "new-group" },
    { kind: "settings" },
    { kind: "sign-up" },
  ];
  expect(routes.map((route) => routeOf(hrefOf(route)))).toEqual(routes);
});

test("an unknown address leads to the list", () => {
  expect(["", "#", "#/", "#CODE", "#/chat", "#/chat/%", "#/nowhere/else"].map(routeOf)).toEqual(
    Array(7).fill({ kind: "list" }),
  );
});
