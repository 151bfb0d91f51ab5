import { ANNA, event } from "./builders.ts";
import { FakeServer, refusal } from "./server.ts";

/** A server for tests that one can sign in to, and whose syncs the test gives out one by one. */
export class FakeHomeserver extends FakeServer {
  readonly #syncs: object[] = [];
  #wake: () => void = () => {};
  #token = 0;

  constructor() {
    super();
    const facts = { name: "example.org", setup_needed: false, registration: "closed", public_url: null };
    this.on("GET", "/_sottovoce/v1/server", () => facts);
    this.on("GET", "/_matrix/client/versions", () => ({ versions: ["v1.11"] }));
    this.on("POST", "/login", ({ body }) =>
      body["password"] === "giusta"
        ? { user_id: ANNA, device_id: "D1", access_token: "token", refresh_token: "refresh" }
        : refusal(403, "M_FORBIDDEN"),
    );
    this.on("POST", "/logout", () => ({}));
    this.on("GET", "/pushrules/", () => ({ global: {} }));
    this.on("GET", "/capabilities", () => ({ capabilities: {} }));
    this.on("GET", "/profile/:id", () => ({ displayname: "Anna" }));
    this.on("POST", "/user/:id/filter", () => ({ filter_id: "f1" }));
    this.on("GET", "/user/:id/filter/:filter", () => refusal(404, "M_NOT_FOUND"));
    this.on("GET", "/sync", () => this.#nextSync());
    this.on("PUT", "/rooms/:id/send/:type/:txn", ({ body }, [chat = "", type = "", transaction]) => {
      const sent = event(type, ANNA, body, {
        event_id: `$of-${transaction}`,
        unsigned: { transaction_id: transaction ?? "" },
      });
      this.give({ join: { [chat]: { timeline: { events: [sent], limited: false } } } });
      return { event_id: sent.event_id };
    });
    this.on("PUT", "/rooms/:id/typing/:user", () => ({}));
    this.on("POST", "/rooms/:id/read_markers", () => ({}));
  }

  /** The next sync that is asked for, or waits already, answers with these rooms. */
  give(rooms: object, more: object = {}): void {
    this.#syncs.push({ rooms, account_data: { events: [] }, ...more });
    this.#wake();
  }

  async #nextSync(): Promise<object> {
    while (this.#syncs.length === 0) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#token += 1;
    return { next_batch: `s${this.#token}`, ...this.#syncs.shift() };
  }
}
