/** A server and devices of a story's own: started from the binary that FARLEY names, in a folder that goes away. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import type { Page } from "playwright-core";

import type { Look, World } from "./kit";

export const binary = process.env.FARLEY;

interface Ready {
  http: string;
  quic: string;
  setup?: string;
}

/** Runs one command to its end; what it printed. */
export function farley(args: string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary!, args, { stdio: ["pipe", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve(out) : reject(new Error(`farley ${args.slice(0, 2).join(" ")} ended with ${code}: ${err}`))));
    child.stdin.end(input);
  });
}

/** A folder for as long as `story` runs. */
export async function inFolder(story: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "farley-story-"));
  try {
    await story(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export class Office {
  readonly data: string;
  ready: Ready = { http: "", quic: "" };
  #server: ChildProcess | null = null;

  constructor(folder: string) {
    this.data = join(folder, "office");
  }

  /** Starts it, the second time on the same ports: devices look for it there. */
  async start(): Promise<void> {
    const [http, quic] = this.ready.http ? [new URL(this.ready.http).host, this.ready.quic] : ["127.0.0.1:0", "127.0.0.1:0"];
    const server = spawn(binary!, ["serve", "--data", this.data, "--http", http, "--quic", quic, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
    this.#server = server;
    this.ready = await new Promise<Ready>((resolve, reject) => {
      createInterface({ input: server.stdout }).once("line", (line) => resolve(JSON.parse(line)));
      server.once("exit", () => reject(new Error("the server ended before it was ready")));
    });
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    const ended = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGTERM");
    const timer = setTimeout(() => server.kill("SIGKILL"), 6000);
    await ended;
    clearTimeout(timer);
  }

  admin(...args: string[]): Promise<string> {
    return farley(["admin", ...args, "--data", this.data]);
  }

  /** A device of `person`, connected. */
  async device(person: string, name: string): Promise<Phone> {
    const { link } = JSON.parse(await this.admin("invite", "--user", person, "--json"));
    const phone = new Phone(join(this.data, "..", name));
    await phone.enrol(link, name);
    return phone;
  }
}

export const password = "ein langes Passwort 1";

/** The page of the first admin, in a browser of its own. */
export async function setUp(world: World, office: Office, look: Look): Promise<Page> {
  const page = await world.visit(office.ready.setup!, look);
  await page.getByLabel("Name").fill("Ines Kaya");
  await page.getByLabel(/Passwor[td]/).fill(password);
  await page.locator("form").getByRole("button").click();
  await page.locator("#main").waitFor();
  return page;
}

export class Phone {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  async enrol(link: string, name: string): Promise<void> {
    await farley(["device", "enrol", "--dir", this.dir, "--name", name, link]);
  }

  /** Types in edits; the ids of their records. */
  async apply(edits: unknown[]): Promise<string[]> {
    const out = await farley(["device", "apply", "--dir", this.dir], edits.map((edit) => `${JSON.stringify(edit)}\n`).join(""));
    return out
      .trim()
      .split("\n")
      .map((line) => {
        const answer = JSON.parse(line);
        assert.equal(answer.error, undefined, line);
        return answer.id;
      });
  }

  async sync(): Promise<void> {
    await farley(["device", "sync", "--dir", this.dir]);
  }
}
