// Every screen of the demo as pictures.   FARLEY=target/debug/farley node e2e/screenshots.mjs FOLDER
//
// Plays the demo's story, then takes each screen in German and English, light and dark, desktop and phone width;
// the landing page and the pretend phones too. ONLY=office takes the pictures whose name contains it. Prints what a page
// says on its console.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

const { FARLEY, ONLY = "" } = process.env;
const out = process.argv[2];
if (!FARLEY || !out) {
  console.error("usage: FARLEY=target/debug/farley node e2e/screenshots.mjs FOLDER");
  process.exit(2);
}
mkdirSync(out, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), "farley-shots-"));
const demo = spawn(FARLEY, ["demo", "--http", "127.0.0.1:0", "--data", folder], { stdio: ["ignore", "pipe", "inherit"] });
const ended = new Promise((resolve) => demo.on("exit", resolve));
const landing = await new Promise((resolve, reject) => {
  createInterface({ input: demo.stdout }).on("line", (line) => {
    const found = /https?:\S+/.exec(line);
    if (found) resolve(found[0]);
  });
  void ended.then(() => reject(new Error("the demo ended before it was ready")));
});

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let code = 0;
try {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "de-DE" });
  const start = await context.newPage();
  await start.goto(landing);
  await start.screenshot({ path: join(out, "landing-1.png") });
  // The story plays by itself once somebody looks.
  await start.waitForTimeout(30_000);
  for (const [lang, theme, width] of [["de", "light", 1440], ["en", "dark", 1440], ["de", "dark", 390], ["en", "light", 390]]) {
    const name = `landing-${lang}-${theme}-${width}.png`;
    if (!name.includes(ONLY)) continue;
    await start.emulateMedia({ colorScheme: theme });
    await start.setViewportSize({ width, height: 900 });
    await start.goto(`${landing}?lang=${lang}`);
    await start.waitForTimeout(3_000);
    await start.screenshot({ path: join(out, name), fullPage: true });
  }
  const doors = await start.locator("a[href*='/open/']").evaluateAll((links) => links.map((link) => link.href));
  for (const door of doors) {
    const name = door.split("/").pop();
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && console.log(`${name}: ${message.text()}`));
    await page.goto(door);
    await page.waitForURL((url) => !/\/(open|link)/.test(url.pathname), { timeout: 20_000 });
    await page.waitForTimeout(1_500);
    const base = page.url().replace(/\/(today)?([?#].*)?$/, "");
    const office = name === "office";
    const anna = await page.evaluate(async (base) => (await (await fetch(`${base}/api/v1/search?q=Anna%20M%C3%BCller%20Seeblick&kind=contact`)).json()).rows[0]?.id, base);
    const paths = { today: "/", contacts: "/contacts", record: `/contacts/${anna}`, review: "/review", arrivals: "/arrivals" };
    if (office) Object.assign(paths, { companies: "/companies", tasks: "/tasks", visits: "/visits", notes: "/notes", devices: "/devices", import: "/import", settings: "/settings" });
    for (const lang of ["de", "en"]) {
      for (const theme of office ? ["light", "dark"] : ["light"]) {
        for (const width of office ? [1440, 390] : [390]) {
          await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
          const path = new URL(base).pathname;
          await context.addCookies([
            { name: "farley-lang", value: lang, domain: "127.0.0.1", path },
            { name: "farley-theme", value: theme, domain: "127.0.0.1", path },
          ]);
          for (const [screen, path] of Object.entries(paths)) {
            const picture = `${name}-${screen}-${lang}-${theme}-${width}.png`;
            if (!picture.includes(ONLY)) continue;
            await page.goto(base + path);
            await page.waitForTimeout(900);
            await page.screenshot({ path: join(out, picture) });
          }
        }
      }
    }
    await page.close();
  }
} catch (error) {
  console.error(error);
  code = 1;
} finally {
  await browser.close();
  demo.kill("SIGTERM");
  await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 6_000))]);
  demo.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
process.exit(code);
