/** What every browser test needs: a signed-in page, the REST interface, and an eye on policy and foreign requests. */
import assert from "node:assert/strict";

import axe from "axe-core";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";

export const url = (process.env.FARLEY_URL ?? "").replace(/\/+$/, "");
export { assert };

export interface World {
  browser: Browser;
  /** A page of the signed-in person; `path` is inside the mount. */
  open(path: string, options?: Look): Promise<Page>;
  /** Not signed in. */
  stranger(path: string): Promise<Page>;
  /** A browser of its own at any address: for servers that a story starts itself. */
  visit(address: string, options?: Look): Promise<Page>;
  rest<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>;
  mode: string;
  name: string;
}

export interface Look {
  lang?: "de" | "en";
  theme?: "light" | "dark";
  width?: number;
  height?: number;
}

type Story = (world: World) => Promise<void>;
const stories: { name: string; story: Story }[] = [];

export function test(name: string, story: Story): void {
  stories.push({ name, story });
}

/** Runs all stories; the number of those that failed. */
export async function run(): Promise<number> {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  const chosen = stories.filter((one) => one.name.includes(process.env.STORY ?? ""));
  const complaints: string[] = [];
  const contexts: BrowserContext[] = [];
  let failed = 0;
  try {
    const state = await signIn(browser);
    const make = async (look: Look, signedIn: boolean, { origin } = new URL(url)): Promise<Page> => {
      const context = await browser.newContext({
        storageState: signedIn ? state : undefined,
        viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
        locale: look.lang === "de" ? "de-DE" : "en-GB",
        colorScheme: look.theme ?? "light",
      });
      contexts.push(context);
      await context.addInitScript(() => {
        addEventListener("securitypolicyviolation", (event) => console.error(`POLICY ${event.violatedDirective} ${event.blockedURI}`));
      });
      const page = await context.newPage();
      page.on("console", (message) => {
        if (/^POLICY|Refused to|Content Security Policy/.test(message.text())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(`error on the page: ${error.message}`));
      page.on("request", (request) => {
        const at = new URL(request.url());
        if (at.protocol.startsWith("http") && at.origin !== origin) complaints.push(`foreign request: ${request.url()}`);
      });
      return page;
    };
    const clerk = await make({}, true);
    await clerk.goto(`${url}/`);
    const session = await clerk.evaluate(async (base) => (await fetch(`${base}/api/v1/session`)).json(), url);
    assert.equal(session.signed_in, true, "the session of this run is signed in");
    const world: World = {
      browser,
      mode: session.mode,
      name: session.person?.name ?? "",
      async open(path, look = {}) {
        const page = await make(look, true);
        await page.goto(`${url}${path}`);
        await page.locator("#main").waitFor();
        return page;
      },
      async stranger(path) {
        const page = await make({ lang: "en" }, false);
        await page.goto(`${url}${path}`);
        return page;
      },
      async visit(address, look = {}) {
        const page = await make(look, false, new URL(address));
        await page.goto(address);
        return page;
      },
      async rest(method, path, body, headers = {}) {
        const answer = await clerk.evaluate(
          async ([at, how, what, more]) => {
            const response = await fetch(at as string, { method: how as string, headers: { ...(what === undefined ? {} : { "content-type": "application/json" }), ...(more as Record<string, string>) }, body: what === undefined ? undefined : JSON.stringify(what) });
            return { status: response.status, text: await response.text() };
          },
          [`${url}/api/v1${path}`, method, body, headers] as const,
        );
        assert.ok(answer.status < 400, `${method} ${path} answered ${answer.status}: ${answer.text}`);
        return answer.text ? JSON.parse(answer.text) : undefined;
      },
    };
    for (const { name, story } of chosen) {
      const before = complaints.length;
      const begun = Date.now();
      try {
        await story(world);
        assert.deepEqual(complaints.slice(before), [], "content policy, page errors, foreign requests");
        console.log(`ok    ${name} (${Date.now() - begun} ms)`);
      } catch (error) {
        failed++;
        console.log(`FAIL  ${name}\n      ${error instanceof Error ? (error.stack ?? error.message).split("\n").slice(0, 12).join("\n      ") : String(error)}`);
      }
      // The clerk stays; everybody else goes home, so that no stream of an old page is left open.
      for (const context of contexts.splice(1)) await context.close();
    }
  } finally {
    await browser.close();
  }
  console.log(`${chosen.length - failed} of ${chosen.length} stories hold`);
  return failed;
}

async function signIn(browser: Browser): Promise<Awaited<ReturnType<BrowserContext["storageState"]>>> {
  const context = await browser.newContext({ locale: "en-GB" });
  const page = await context.newPage();
  const link = process.env.FARLEY_LINK;
  const name = process.env.FARLEY_NAME ?? "Ines Kaya";
  const password = process.env.FARLEY_PASSWORD ?? "ein langes Passwort 1";
  await page.goto(link ?? `${url}/`);
  if (link?.includes("/setup#")) {
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Set up" }).click();
  } else if (!link && process.env.FARLEY_PASSWORD) {
    await page.getByLabel("Name").fill(name);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  }
  await page.locator("#main").waitFor();
  assert.ok(!page.url().includes("#"), "the token does not stay in the address");
  const state = await context.storageState();
  await context.close();
  return state;
}

let counter = 0;

/** A UUIDv7 for a record of a test. */
export function newId(): string {
  const time = Date.now().toString(16).padStart(12, "0");
  const tail = Array.from({ length: 16 }, () => Math.floor(Math.random() * 16).toString(16)).join("");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(0, 3)}-8${tail.slice(3, 6)}-${tail.slice(4, 16)}`;
}

/** A name no other record has. */
export function newName(): string {
  return `Zz${Date.now().toString(36)}${(counter++).toString(36)}`;
}

export interface RecordPage {
  id: string;
  heads: string[];
  values: Record<string, unknown>;
  conflicts: { key: string; versions: { value: unknown; change: string }[] }[];
}

export async function contact(world: World, set: Record<string, unknown>, add: Record<string, unknown[]> = {}): Promise<string> {
  const id = newId();
  await world.rest("PUT", `/contacts/${id}`, { set, add });
  return id;
}

/** What axe finds against WCAG 2.2 A and AA on the page as it stands. */
export async function findings(page: Page, where: string): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (window as never as { axe: typeof axe }).axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
    return violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ""}`).slice(0, 3).join(" | ")}`);
  });
  return found.map((one) => `${where} ${one}`);
}

/** A picture of a state that no address leads to, if SHOTS names a folder. */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
}

/** Waits until it holds; says what it was when it does not. */
export async function until<T>(what: string, read: () => Promise<T>, holds: (value: T) => boolean, limit = 5000): Promise<T> {
  const end = Date.now() + limit;
  let value = await read();
  while (!holds(value)) {
    if (Date.now() > end) assert.fail(`${what}: still ${JSON.stringify(value)} after ${limit} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    value = await read();
  }
  return value;
}
