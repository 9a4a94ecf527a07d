import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "./free-port.mjs";

// No dependency of the repository: it has 278 packages of its own, and only a rehearsal needs it.
const version = "6.1.6";
/** Its tag `cjs` is missing in some mirrors of the registry. */
const overrides = { "node-fetch": "2.7.0" };
const tool = fileURLToPath(new URL(`../.cache/verdaccio-${version}`, import.meta.url));

/**
 * Starts a registry on this machine: ours are published to it, and others come from the registry
 * that npm is configured for. It listens on loopback alone and keeps everything in `folder`.
 *
 * @param {string} folder
 * @returns {Promise<{ url: string, env: NodeJS.ProcessEnv, close: () => Promise<void> }>} `env`
 *   makes npm use it, with a cache and settings of its own
 */
export async function startRegistry(folder) {
  install();
  const registry = execFileSync("npm", ["config", "get", "registry"], npmOptions).toString().trim();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const ours = "{ access: $all, publish: $all, unpublish: $all }";
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "config.yaml"),
    `storage: ${JSON.stringify(join(folder, "storage"))}
auth: { htpasswd: { file: ${JSON.stringify(join(folder, "htpasswd"))}, max_users: -1 } }
uplinks: { npm: { url: ${JSON.stringify(registry)}, timeout: 60s } }
packages:
  "@weft-nlp/*": ${ours}
  "weft-nlp": ${ours}
  "**": { access: $all, proxy: npm }
web: { enable: false }
max_body_size: 50mb
log: { type: stdout, format: json, level: warn }
`,
  );
  writeFileSync(join(folder, "npmrc"), `registry=${url}\n//127.0.0.1:${port}/:_authToken=rehearsal\naudit=false\nfund=false\n`);
  const child = spawn(
    process.execPath,
    [
      join(tool, "node_modules/verdaccio/bin/verdaccio"),
      "--config",
      join(folder, "config.yaml"),
      "--listen",
      `127.0.0.1:${port}`,
    ],
    { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  const ended = once(child, "exit");
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`the registry ended with ${child.exitCode}:\n${said}`);
    await new Promise((later) => setTimeout(later, 100));
  }
  return {
    url,
    env: {
      ...process.env,
      npm_config_userconfig: join(folder, "npmrc"),
      npm_config_cache: join(folder, "cache"),
      npm_config_registry: url,
    },
    close: async () => {
      child.kill();
      await ended;
    },
  };
}

function install() {
  if (existsSync(join(tool, "node_modules/verdaccio/bin/verdaccio"))) return;
  mkdirSync(tool, { recursive: true });
  writeFileSync(join(tool, "package.json"), JSON.stringify({ private: true, dependencies: { verdaccio: version }, overrides }));
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], { ...npmOptions, cwd: tool });
}

/** @type {{ stdio: ["ignore", "pipe", "inherit"], shell: boolean }} */
const npmOptions = { stdio: ["ignore", "pipe", "inherit"], shell: process.platform === "win32" };

/** @param {string} url */
async function answers(url) {
  try {
    return (await fetch(`${url}-/ping`)).ok;
  } catch {
    return false;
  }
}
