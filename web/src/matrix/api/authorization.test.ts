import { beforeEach, describe, expect, test, vi } from "vitest";
import { FakePlatform } from "../../fake/platform.ts";
import { FakeServer, refusal } from "../../fake/server.ts";
import type { Credentials } from "../store/records.ts";
import { Authorization } from "./authorization.ts";
import { Unreachable } from "./errors.ts";
import { request, type Transport } from "./request.ts";

const CREDENTIALS: Credentials = {
  userId: "@anna:example.org",
  deviceId: "D1",
  accessToken: "old",
  refreshToken: "refresh1",
  administrator: false,
};

let server: FakeServer;
let transport: Transport;
const save = vi.fn(async () => {});
const onOver = vi.fn();

beforeEach(() => {
  vi.clearAllMocks();
  server = new FakeServer();
  const { clock, fetch, page } = new FakePlatform(server.fetch);
  transport = { clock, fetch, origin: page.origin };
  server.on("GET", "/thing", ({ token }) => (token === "new" ? { thing: 1 } : refusal(401, "M_UNKNOWN_TOKEN")));
  server.on("POST", "/refresh", ({ body }) =>
    body["refresh_token"] === "refresh1"
      ? { access_token: "new", refresh_token: "refresh2" }
      : refusal(401, "M_UNKNOWN_TOKEN"),
  );
});

function thing(authorization: Authorization): Promise<object> {
  return request({ ...transport, fetch: authorization.fetch }, { method: "GET", path: "/_matrix/client/v3/thing" });
}

function signedIn(credentials: Partial<Credentials> = {}): Authorization {
  return new Authorization(transport, { ...CREDENTIALS, ...credentials }, save, onOver);
}

describe("a token that ran out", () => {
  test("is renewed, kept, and the request done again", async () => {
    expect(await thing(signedIn())).toEqual({ thing: 1 });
    expect(save).toHaveBeenCalledWith({ ...CREDENTIALS, accessToken: "new", refreshToken: "refresh2" });
  });

  test("is renewed once for many requests at the same time", async () => {
    const authorization = signedIn();
    await Promise.all([thing(authorization), thing(authorization), thing(authorization)]);

    expect(server.askedFor("/refresh")).toHaveLength(1);
  });

  test("that cannot be renewed ends the sign-in", async () => {
    await expect(thing(signedIn({ refreshToken: "stolen" }))).rejects.toMatchObject({ errcode: "M_UNKNOWN_TOKEN" });
    await expect(thing(signedIn({ refreshToken: null }))).rejects.toMatchObject({ errcode: "M_UNKNOWN_TOKEN" });
    expect(onOver).toHaveBeenCalledTimes(2);
  });

  test("while the server cannot be reached for renewing, the sign-in is kept", async () => {
    server.on("POST", "/refresh", () => refusal(503, "M_UNKNOWN"));
    await expect(thing(signedIn())).rejects.toBeInstanceOf(Unreachable);
    expect(onOver).not.toHaveBeenCalled();
  });
});

test("a refusal that is not about the token does not renew it", async () => {
  server.on("GET", "/thing", () => refusal(401, "M_FORBIDDEN"));
  await expect(thing(signedIn())).rejects.toMatchObject({ errcode: "M_FORBIDDEN" });
  expect(server.askedFor("/refresh")).toEqual([]);
});

test("the token is in the header, never in the address", async () => {
  await thing(signedIn({ accessToken: "new" }));
  expect(server.asked[0]?.token).toBe("new");
  expect(server.asked[0]?.query.toString()).toBe("");
});
