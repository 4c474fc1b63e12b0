// Fails the build when what loads first is larger than 200 kB (brotli), its style larger than 15 kB,
// or when the page would ask a foreign origin for anything.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const dist = new URL("../dist/", import.meta.url).pathname;
const html = readFileSync(join(dist, "index.html"), "utf8");
const first = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.(js|css))"/g)];
const sum = { js: 0, css: 0 };
for (const [, file, kind] of first) sum[kind] += statSync(join(dist, `${file}.br`)).size;
console.log(`first load: ${kb(sum.js)} kB of script, ${kb(sum.css)} kB of style (brotli)`);

const wrong = [];
if (sum.js === 0) wrong.push("index.html names no script");
if (sum.js > 200_000) wrong.push(`the main chunk is ${kb(sum.js)} kB, the limit is 200 kB`);
if (sum.css > 15_000) wrong.push(`the style is ${kb(sum.css)} kB, the limit is 15 kB`);
if (/<script(?![^>]*\bsrc=)/.test(html) || /\sstyle=/.test(html)) wrong.push("index.html has an inline script or style");
for (const name of readdirSync(join(dist, "assets"))) {
  if (!name.endsWith(".css")) continue;
  const css = readFileSync(join(dist, "assets", name), "utf8");
  if (/url\(["']?(https?:)?\/\//.test(css)) wrong.push(`${name} loads from another origin`);
  if (/url\(["']?data:/.test(css)) wrong.push(`${name} has a data: address, which the content policy refuses for fonts`);
}
for (const line of wrong) console.error(`check-size: ${line}`);
process.exit(wrong.length ? 1 : 0);

function kb(bytes) {
  return (bytes / 1000).toFixed(1);
}
