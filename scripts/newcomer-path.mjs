/**
 * How long the first steps take: from an empty folder to a triple from a text of one's own, and
 * from annotations to an API. Publishes this checkout, as it is built, to a registry on this
 * machine, runs the commands of `docs/first-triple.md` in empty folders, and prints a table.
 *
 * `node scripts/newcomer-path.mjs`
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startRegistry } from "./local-registry.mjs";
import { stagePackages } from "./stage-packages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const hook = new URL("../bench/lib/processor-time.mjs", import.meta.url).href;
const kinds = new Set(["founded", "leads", "works_for", "based_in"]);
const page = readFileSync(join(root, "docs/first-triple.md"), "utf8");
/** @type {string[][]} */
const rows = [];

const scratch = mkdtempSync(join(tmpdir(), "weft-newcomer-"));
/** @type {Awaited<ReturnType<typeof startRegistry>> | undefined} */
let registry;
try {
  registry = await startRegistry(join(scratch, "registry"));
  publish(registry.env);
  const [first = [], second = []] = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) =>
    block.trim().split("\n"),
  );
  await follow("triple", first, registry.env);
  await follow("api", second, registry.env);
} finally {
  await registry?.close();
  rmSync(scratch, { recursive: true, force: true });
}
console.log("| way | command | seconds | of processor time |\n|---|---|---:|---:|");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);

/** @param {NodeJS.ProcessEnv} env */
function publish(env) {
  const native = join(scratch, "native");
  if (existsSync(join(root, "packages/native/build/here/weft.node"))) {
    execFileSync(process.execPath, [join(root, "scripts/build-native.mjs"), "--quiet", "--package", "--out", native]);
  }
  for (const { folder } of stagePackages(join(scratch, "staged"), existsSync(native) ? native : undefined)) {
    execFileSync("npm", ["publish", folder, "--ignore-scripts", "--provenance=false"], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
  }
}

/**
 * Runs the commands of one way in a folder of its own.
 *
 * @param {string} way
 * @param {string[]} commands
 * @param {NodeJS.ProcessEnv} env
 */
async function follow(way, commands, env) {
  const folder = join(scratch, way);
  mkdirSync(folder);
  if (way === "api") writeAnnotations(join(folder, "annotations"));
  const begun = performance.now();
  let processor = 0;
  for (const command of commands) {
    const { seconds, cpu, said } = command.includes(" serve ")
      ? await serveAndAsk(folder, command, commands.at(-1) ?? "", env)
      : await timed(folder, command, env);
    processor += cpu;
    rows.push([way, `\`${command.replaceAll("|", "\\|")}\``, seconds.toFixed(1), cpu.toFixed(1)]);
    console.error(`${command}\n${said}`);
    if (command.includes(" serve ")) break;
  }
  rows.push([way, "all", ((performance.now() - begun) / 1000).toFixed(1), processor.toFixed(1)]);
}

/**
 * @param {string} folder
 * @param {string} command
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ seconds: number, cpu: number, said: string }>}
 */
function timed(folder, command, env) {
  const started = performance.now();
  const child = spawn("bash", ["-c", command], { cwd: folder, env: { ...env, NODE_OPTIONS: `--import ${hook}` } });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
  return new Promise((resolve, reject) =>
    child.on("close", (code) => {
      if (code !== 0) return reject(new Error(`${command} ended with ${code}:\n${out}${err}`));
      resolve({ seconds: (performance.now() - started) / 1000, cpu: processorSeconds(err), said: out });
    }),
  );
}

/** @param {string} said what all Node processes of a command printed at their ends */
function processorSeconds(said) {
  return [...said.matchAll(/^processor (\{.*\})$/gm)].reduce((sum, [, json = "{}"]) => sum + JSON.parse(json).processor, 0);
}

/**
 * Until the server has answered the question of the page.
 *
 * @param {string} folder
 * @param {string} serve
 * @param {string} ask a curl command
 * @param {NodeJS.ProcessEnv} env
 */
async function serveAndAsk(folder, serve, ask, env) {
  const started = performance.now();
  const bin = join(folder, "node_modules/weft-nlp/bin/weft.js");
  const words = serve
    .replace(/^npx weft /, "")
    .replace(/ &$/, "")
    .split(" ");
  const child = spawn(process.execPath, ["--import", hook, bin, ...words, "--port", "0"], { cwd: folder, env });
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
  const ended = new Promise((resolve) => child.on("close", resolve));
  const address = await new Promise((resolve, reject) => {
    let out = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      out += text;
      const [found] = /http:\/\/\S+/.exec(out) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.on("close", () => reject(new Error(`the server ended:\n${out}${err}`)));
  });
  const [, body = ""] = / -d '(.*)'$/.exec(ask) ?? [];
  const answer = await fetch(`${address}/v1/extract`, { method: "POST", headers: { "content-type": "application/json" }, body });
  const said = await answer.text();
  const seconds = (performance.now() - started) / 1000;
  child.kill("SIGTERM");
  await ended;
  if (!answer.ok) throw new Error(`the server answered ${answer.status}: ${said}`);
  return { seconds, cpu: processorSeconds(err), said };
}

/**
 * 200 documents of the bundled corpus, as brat keeps them.
 *
 * @param {string} folder
 */
function writeAnnotations(folder) {
  /** @type {{ relations: { type: string }[] }[]} */
  const all = readFileSync(join(root, "examples/corpus/train.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const some = all
    .map((document) => ({ ...document, relations: document.relations.filter(({ type }) => kinds.has(type)) }))
    .filter(({ relations }) => relations.length > 0)
    .slice(0, 200);
  const file = join(scratch, "some.jsonl");
  writeFileSync(file, some.map((document) => `${JSON.stringify(document)}\n`).join(""));
  execFileSync(process.execPath, [join(root, "packages/weft/bin/weft.js"), "convert", file, folder, "--to", "brat"], {
    stdio: "ignore",
  });
}
