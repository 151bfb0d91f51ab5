import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const program = process.env["SOTTOVOCE_BIN"] ?? join(here, "../../.venv/bin/sottovoce");

export const password = "una frase lunga";

/** A real server on a fresh database, with nobody in it yet. */
export interface House {
  readonly url: string;
  /** Opens the setup page; good once. */
  readonly setupLink: string;
  /** Sets the house up as its first person would, without a browser. */
  open(): Promise<void>;
  /** Makes an account; the house must be open. */
  add(name: string, displayName: string): Promise<void>;
  /** Stops the server, keeping its data; for `startAgain`. */
  stop(): Promise<void>;
  startAgain(): Promise<void>;
  tearDown(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}

function run(folder: string, port: number, webapp: string): ChildProcess {
  return spawn(program, ["serve", "--data", folder, "--port", String(port)], {
    env: {
      ...process.env,
      SOTTOVOCE_WEBAPP: webapp,
      SOTTOVOCE_REGISTRATION: "open",
      SOTTOVOCE_RATE_LIMITS: "off",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Resolves with the first link printed; for a house that is set up, when the server answers. */
function setupLinkOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    const read = (chunk: Buffer): void => {
      printed += chunk.toString();
      const link = /https?:\/\/\S+\/setup#\S+/.exec(printed);
      if (link) resolve(link[0]);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${printed}`)));
  });
}

async function untilItAnswers(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await fetch(`${url}/_sottovoce/v1/server`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) resolve();
    child.on("exit", () => resolve());
    child.kill("SIGTERM");
  });
}

async function post(url: string, body: object): Promise<Record<string, unknown>> {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  return (await answer.json()) as Record<string, unknown>;
}

export const builtApp = join(here, "../dist");

export async function startHouse(webapp = builtApp): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), "sottovoce-e2e-"));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  let child = run(folder, port, webapp);
  const setupLink = (await setupLinkOf(child)).replace(/^https?:\/\/[^/]+/, url);
  await untilItAnswers(url);
  return {
    url,
    setupLink,
    async open() {
      const code = setupLink.split("#")[1];
      await post(`${url}/_sottovoce/v1/setup`, { code, server_name: "casa.example", username: "padrona", password });
    },
    async add(username, displayName) {
      const register = `${url}/_matrix/client/v3/register`;
      const { session } = await post(register, { username, password });
      const made = await post(register, { username, password, auth: { type: "m.login.dummy", session } });
      const { user_id: userId, access_token: token } = made;
      await fetch(`${url}/_matrix/client/v3/profile/${encodeURIComponent(String(userId))}/displayname`, {
        method: "PUT",
        headers: { authorization: `Bearer ${String(token)}` },
        body: JSON.stringify({ displayname: displayName }),
      });
    },
    stop: () => ended(child),
    async startAgain() {
      child = run(folder, port, webapp);
      await untilItAnswers(url);
    },
    async tearDown() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
