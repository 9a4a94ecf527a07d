/**
 * Starts Redis (or Valkey) and PostgreSQL for tests: on a free port of the loopback interface, with
 * their data in a temporary folder. They end with the tests, and can be killed and started again.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { accessSync, chmodSync, chownSync, constants, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "./free-port.mjs";

/** @typedef {"redis" | "postgres"} StoreKind */
/**
 * A store that runs.
 *
 * @typedef {object} Store
 * @property {string} url for `--queue`
 * @property {() => Promise<void>} kill SIGKILL to all of its processes
 * @property {() => Promise<void>} start starts it again on the same port and data, after a kill
 * @property {() => Promise<void>} stop ends it and removes its data
 */

/** The stores that a test can start. @type {readonly StoreKind[]} */
export const storeKinds = ["redis", "postgres"];

/**
 * Why a store cannot be started here: what to install. `undefined` if it can.
 *
 * @param {StoreKind} kind
 * @returns {string | undefined}
 */
export function whyNoStore(kind) {
  if (kind === "redis") {
    return redisPath() === undefined ? "no redis-server or valkey-server: apt-get install redis-server" : undefined;
  }
  if (postgresFolder() === undefined) return "no PostgreSQL: apt-get install postgresql";
  if (process.getuid?.() !== 0 || otherUser() !== undefined) return undefined;
  return "PostgreSQL refuses to run as root, and there is no user postgres or nobody";
}

/**
 * @param {StoreKind} kind
 * @returns {Promise<Store>}
 */
export async function startStore(kind) {
  const missing = whyNoStore(kind);
  if (missing !== undefined) throw new Error(missing);
  const folder = mkdtempSync(join(tmpdir(), `weft-${kind}-`));
  const port = await freePort();
  const [command, args, owner] = kind === "redis" ? redis(folder, port) : postgres(folder, port);
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let child;
  const kill = async () => {
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    // It leads a group of its own, so this reaches the processes that it started too.
    process.kill(-child.pid, "SIGKILL");
    await ended;
  };
  const start = async () => {
    for (let attempt = 1; ; attempt++) {
      let said = "";
      const started = spawn(command, args, { cwd: folder, detached: true, stdio: ["ignore", "pipe", "pipe"], ...owner });
      child = started;
      for (const stream of [started.stdout, started.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
      while (started.exitCode === null && started.signalCode === null) {
        if (await answers(kind, port)) return;
        await wait(20);
      }
      // Memory that the killed processes shared may be there for a moment.
      if (attempt === 20) throw new Error(`${command} ended: ${said}`);
      await wait(100);
    }
  };
  const killAtExit = () => void kill();
  process.on("exit", killAtExit);
  const stop = async () => {
    process.off("exit", killAtExit);
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  await start();
  const url = kind === "redis" ? `redis://127.0.0.1:${port}` : `postgres://weft@127.0.0.1:${port}/postgres`;
  return { url, kill, start, stop };
}

/**
 * @param {string} folder
 * @param {number} port
 * @returns {[string, string[], { uid?: number, gid?: number }]}
 */
function redis(folder, port) {
  const kept = ["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"];
  return [redisPath() ?? "", ["--bind", "127.0.0.1", "--port", `${port}`, "--dir", folder, ...kept], {}];
}

/**
 * @param {string} folder
 * @param {number} port
 * @returns {[string, string[], { uid?: number, gid?: number }]}
 */
function postgres(folder, port) {
  const programs = postgresFolder() ?? "";
  const data = join(folder, "data");
  /** @type {{ uid?: number, gid?: number }} */
  const owner = process.getuid?.() === 0 ? (otherUser() ?? {}) : {};
  mkdirSync(data);
  if (owner.uid !== undefined && owner.gid !== undefined) {
    chownSync(folder, owner.uid, owner.gid);
    chownSync(data, owner.uid, owner.gid);
  }
  chmodSync(data, 0o700);
  const made = spawnSync(join(programs, "initdb"), ["-D", data, "-U", "weft", "-A", "trust", "-E", "UTF8", "--no-sync"], {
    cwd: folder,
    encoding: "utf8",
    ...owner,
  });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  // Without fsync, data survives the end of a process but not that of the machine: enough here.
  const settings = ["listen_addresses=127.0.0.1", `port=${port}`, "unix_socket_directories=", "max_connections=200", "fsync=off"];
  return [join(programs, "postgres"), ["-D", data, ...settings.flatMap((setting) => ["-c", setting])], owner];
}

function redisPath() {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin", "/usr/local/bin"];
  return folders.flatMap((folder) => [join(folder, "redis-server"), join(folder, "valkey-server")]).find(runs);
}

/** The folder with PostgreSQL's programs, which Debian keeps outside PATH; the newest version. */
function postgresFolder() {
  const debian = "/usr/lib/postgresql";
  const versions = runs(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => join(debian, version, "bin")), ...(process.env["PATH"] ?? "").split(delimiter)];
  return folders.find((folder) => runs(join(folder, "initdb")) && runs(join(folder, "postgres")));
}

/** @param {string} path */
function runs(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A user without rights, for programs that refuse root. */
function otherUser() {
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((which) => spawnSync("id", [which, name], { encoding: "utf8" }).stdout.trim());
    if (uid !== undefined && /^\d+$/.test(uid)) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

/**
 * Whether the store takes requests yet: a port that listens is not enough for either.
 *
 * @param {StoreKind} kind
 * @param {number} port
 * @returns {Promise<boolean>}
 */
async function answers(kind, port) {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const done = (/** @type {boolean} */ answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => done(false)).on("error", () => done(false));
    socket.on("close", () => done(false));
    socket.once("data", (bytes) => done(kind === "redis" ? bytes.toString().startsWith("+PONG") : bytes[0] === 0x52));
    socket.write(kind === "redis" ? "PING\r\n" : postgresStart);
  });
}

/** Protocol 3.0: a length, the version, then names and values. `R` answers it once it is ready. */
const postgresStart = (() => {
  const body = Buffer.from("\0\x03\0\0user\0weft\0database\0postgres\0\0", "latin1");
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
})();
