// REST conformance: schemathesis against a real server's own description.   FARLEY=… SCHEMATHESIS=… node e2e/rest.mjs
//
//   FARLEY           the `farley` binary
//   SCHEMATHESIS     the `schemathesis` program (4.32.5)
//   REST_SECONDS     longest run in seconds (75)
//   REST_KEEP        keep the data folder and print where it is
//
// Starts a server on free ports, makes the administrator with the setup link, writes a few records, hands the session
// to schemathesis and ends both. Exit code: schemathesis' own; 2 if the server could not be prepared.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const { FARLEY, SCHEMATHESIS } = process.env;
if (!FARLEY || !SCHEMATHESIS) {
  console.error("FARLEY and SCHEMATHESIS name the two programs, e.g. FARLEY=target/debug/farley SCHEMATHESIS=target/schemathesis/bin/schemathesis");
  process.exit(2);
}
const seconds = Number(process.env.REST_SECONDS ?? 75);
const name = "Prüferin";
const password = "Heizung und Sanitär";

// Never asked for: an endless stream; and signing out, which would end the session that all others need.
const leftOut = ["listen", "signOut"];
const checks = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"];

const folder = mkdtempSync(join(tmpdir(), "farley-rest-"));
const children = new Set();

/** Starts a program; its promise is the exit code. Ended with us, by its own pid. */
function start(program, args, options) {
  const child = spawn(program, args, options);
  children.add(child);
  child.ended = new Promise((resolve) => {
    child.on("error", (error) => {
      console.error(`cannot start ${program}: ${error.message}`);
      resolve(2);
    });
    child.on("exit", (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  }).finally(() => children.delete(child));
  return child;
}

async function stop(child) {
  if (!children.has(child)) return;
  child.kill("SIGTERM");
  const hard = setTimeout(() => child.kill("SIGKILL"), 6_000);
  await child.ended;
  clearTimeout(hard);
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
    process.exit(1);
  });
}

/** The server's first line: where it listens. */
function ready(server) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("the server was not ready within 30 s")), 30_000);
    createInterface({ input: server.stdout }).on("line", (line) => {
      clearTimeout(late);
      try {
        resolve(JSON.parse(line));
      } catch {
        reject(new Error("the server's first line is not JSON"));
      }
    });
    server.ended.then((code) => reject(new Error(`the server ended with ${code} before it was ready`)));
  });
}

let cookie = "";
async function ask(base, method, path, body) {
  const headers = { "sec-fetch-site": "same-origin", cookie };
  if (body !== undefined) headers["content-type"] = "application/json";
  const options = { method, headers };
  if (body !== undefined) options.body = JSON.stringify(body);
  const answer = await fetch(`${base}/api/v1${path}`, options);
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  const set = answer.headers.get("set-cookie");
  if (set) cookie = set.split(";")[0];
  return answer.status === 204 ? null : answer.json();
}

/** A few records, one of them with two versions of a field, one in the trash. */
async function prepare(at) {
  const token = at.setup.split("#")[1];
  await ask(at.http, "POST", "/setup", { token, name, password });
  await ask(at.http, "POST", "/session", { name, password });
  const company = await ask(at.http, "POST", "/companies", { set: { name: "Brandt Wärmetechnik" } });
  const made = await ask(at.http, "POST", "/contacts", {
    set: { family_name: "Müller", given_name: "Anna" },
    add: { tags: ["vip"] },
  });
  const page = await ask(at.http, "GET", `/contacts/${made.id}`);
  for (const family_name of ["Brandt", "Petersen"]) {
    const headers = { "sec-fetch-site": "same-origin", cookie, "content-type": "application/json", "base-heads": page.heads.join(",") };
    const answer = await fetch(`${at.http}/api/v1/contacts/${made.id}`, { method: "PATCH", headers, body: JSON.stringify({ set: { family_name } }) });
    if (!answer.ok) throw new Error(`a stale edit answered ${answer.status}`);
  }
  const review = await ask(at.http, "GET", "/conflicts");
  if (review.count !== 1) throw new Error(`one record should have two versions, ${review.count} have`);
  await ask(at.http, "DELETE", `/companies/${company.id}`);
  await ask(at.http, "POST", "/tasks", { set: { summary: "Angebot nachfassen", due: "2026-12-01" } });
  return { id: made.id, heads: page.heads.join(",") };
}

async function main() {
  const args = ["serve", "--data", folder, "--http", "127.0.0.1:0", "--quic", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--json"];
  const server = start(FARLEY, args, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const at = await ready(server);
    const known = await prepare(at);
    // Ids made up by a generator find nothing: the second run asks for a record that is there.
    writeFileSync(join(folder, "known.toml"), `[parameters]\n"path.id" = "${known.id}"\n"path.plural" = "contacts"\n"query.heads" = "${known.heads}"\n`);
    const shared = [ `${at.http}/api/v1/openapi.json`, "--url", `${at.http}/api/v1`,
      "--header", `Cookie: ${cookie}`, "--header", "Sec-Fetch-Site: same-origin",
      "--workers", "1", "--checks", checks.join(","), "--phases", "examples,coverage,fuzzing",
      "--seed", "1", "--generation-database", "none", "--suppress-health-check", "all",
      "--request-timeout", "10", "--max-failures", "20", "--no-color",
      ...leftOut.flatMap((id) => ["--exclude-operation-id", id]),
    ];
    const runs = [
      ["run", ...shared, "--max-examples", "20", "--max-time", String(Math.ceil(seconds * 0.7))],
      ["--config-file", join(folder, "known.toml"), "run", ...shared, "--include-path-regex", "plural.*/.id", "--max-examples", "20", "--max-time", String(Math.ceil(seconds * 0.3))],
    ];
    let code = 0;
    for (const asked of runs) {
      code ||= await start(SCHEMATHESIS, asked, { stdio: ["ignore", "inherit", "inherit"], cwd: folder }).ended;
    }
    // Whatever it was asked, it must still be there and still hold the record, if only in the trash.
    const left = await ask(at.http, "GET", `/contacts/${known.id}`);
    if (left.created_at === undefined) throw new Error("the first contact is gone");
    return code;
  } finally {
    await stop(server);
    if (process.env.REST_KEEP) console.error(`data: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error.message);
    process.exit(2);
  },
);
