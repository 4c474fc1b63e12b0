// The stories against an office of their own.   FARLEY=target/debug/farley node e2e/office.mjs [grid record shell]
//
// Starts `farley serve` in a temporary folder on free ports, hands the setup link to run.mjs, ends it by its pid.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const { FARLEY } = process.env;
if (!FARLEY) {
  console.error("FARLEY names the binary, e.g. FARLEY=target/debug/farley");
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "farley-e2e-"));
const server = spawn(FARLEY, ["serve", "--data", folder, "--http", "127.0.0.1:0", "--quic", "127.0.0.1:0", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
const ended = new Promise((resolve) => server.on("exit", resolve));

function clean() {
  server.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    clean();
    process.exit(1);
  });
}

const ready = await new Promise((resolve, reject) => {
  createInterface({ input: server.stdout }).once("line", (line) => resolve(JSON.parse(line)));
  void ended.then(() => reject(new Error("the server ended before it was ready")));
});
const run = fileURLToPath(new URL("run.mjs", import.meta.url));
const env = { ...process.env, FARLEY_URL: ready.http, FARLEY_LINK: ready.setup };
const stories = spawn(process.execPath, [run, ...process.argv.slice(2)], { env, stdio: "inherit" });
const code = await new Promise((resolve) => stories.on("exit", resolve));
server.kill("SIGTERM");
await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 6_000))]);
clean();
process.exit(code ?? 1);
