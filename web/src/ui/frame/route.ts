import { type ReadonlySignal, Signal } from "../../lib/signal.ts";

/** What a signed-in person looks at; kept in the address after `#`, so that the browser's back button works. */
export type Route =
  | { readonly kind: "list" }
  | { readonly kind: "chat"; readonly chatId: string }
  | { readonly kind: "new-chat" }
  | { readonly kind: "new-group" }
  | { readonly kind: "settings" }
  | { readonly kind: "sign-up" };

const plain = ["new-chat", "new-group", "settings", "sign-up"] as const;

/** The route an address' fragment stands for; the list for anything unknown. */
export function routeOf(hash: string): Route {
  const [first = "", second = ""] = hash.replace(/^#\/?/, "").split("/");
  if (first === "chat" && isWellFormed(second)) return { kind: "chat", chatId: decodeURIComponent(second) };
  const kind = plain.find((known) => known === first);
  return kind ? { kind } : { kind: "list" };
}

function isWellFormed(part: string): boolean {
  return part !== "" && !/%(?![0-9a-f]{2})/i.test(part);
}

/** The fragment of a route, for links. */
export function hrefOf(route: Route): string {
  if (route.kind === "list") return "#/";
  return route.kind === "chat" ? `#/chat/${encodeURIComponent(route.chatId)}` : `#/${route.kind}`;
}

export interface Navigation {
  readonly route: ReadonlySignal<Route>;
  go(route: Route): void;
  /** To another route in the place of this one: going back then leads to where one was before. */
  replace(route: Route): void;
  /** To where one came from, or to the list when the app was opened here. */
  back(): void;
  /** To the list at the root of the site, in the place of whatever the address said. */
  home(): void;
}

/** Follows the address bar; lives as long as the page. */
export function followAddress(page: Window): Navigation {
  const route = new Signal(routeOf(page.location.hash));
  let depth = depthOf(page.history.state);

  page.addEventListener("popstate", () => {
    // A link's entry comes without a state: it is one step deeper than where one was.
    if (page.history.state === null) page.history.replaceState({ depth: depth + 1 }, "");
    depth = depthOf(page.history.state);
    route.set(routeOf(page.location.hash));
  });

  const put = (next: Route, newDepth: number, href: string): void => {
    depth = newDepth;
    page.history.replaceState({ depth }, "", href);
    route.set(next);
  };
  const home = (): void => put({ kind: "list" }, 0, `/${hrefOf({ kind: "list" })}`);

  return {
    route,
    home,
    replace: (next) => put(next, depth, hrefOf(next)),
    go(next) {
      page.location.hash = hrefOf(next);
    },
    back() {
      if (depth > 0) page.history.back();
      else home();
    },
  };
}

function depthOf(state: unknown): number {
  return typeof state === "object" && state !== null && "depth" in state && typeof state.depth === "number"
    ? state.depth
    : 0;
}
