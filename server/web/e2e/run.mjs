// Browser tests against a running Farley:  FARLEY_URL=http://127.0.0.1:8080 FARLEY_LINK=… npm run e2e -- [grid live …]
//
//   FARLEY_URL       where the page is, with its mount (http://127.0.0.1:8080/phone/anna)
//   FARLEY_LINK      one-time link, …/link#token or …/setup#token; used once, the session is kept for the run
//   STORY            only stories whose name contains this
//   FARLEY_NAME, FARLEY_PASSWORD   sign-in by password instead; also what a setup link sets
//
// Each e2e/*.test.ts is a story of its own and makes the records it needs through the REST interface.
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { rolldown } from "rolldown";

const here = fileURLToPath(new URL(".", import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(here).filter((name) => name.endsWith(".test.ts") && (wanted.length === 0 || wanted.includes(name.replace(".test.ts", ""))));
if (files.length === 0) {
  console.error(`no test is named ${wanted.join(", ")}`);
  process.exit(2);
}
if (!process.env.FARLEY_URL) {
  console.error("FARLEY_URL says where the page is, e.g. FARLEY_URL=http://127.0.0.1:8080");
  process.exit(2);
}
// Beside node_modules, so that the bundle finds playwright-core.
const out = mkdtempSync(join(here, ".run-"));
let failed = 0;
try {
  const bundle = await rolldown({ input: Object.fromEntries(files.map((name) => [name.replace(".test.ts", ""), join(here, name)])), external: [/^playwright-core/, /^axe-core/, /^node:/], platform: "node" });
  await bundle.write({ dir: out, format: "esm", entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" });
  const kit = await import(pathToFileURL(join(out, `${files[0].replace(".test.ts", "")}.mjs`)).href);
  for (const name of files.slice(1)) await import(pathToFileURL(join(out, name.replace(".test.ts", ".mjs"))).href);
  failed = await kit.run();
} finally {
  rmSync(out, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);
