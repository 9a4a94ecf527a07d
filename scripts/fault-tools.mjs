/**
 * What the fault tests of batches share: running `weft` in a folder, checking what it left, and a
 * plugin that ends workers.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const weftPath = fileURLToPath(new URL("../packages/weft/bin/weft.js", import.meta.url));

/** A plugin that ends a worker at a record with FATAL, as a defect in native code would. */
export const fatalPlugin = `
const trim = String.prototype.trim;
String.prototype.trim = function () {
  if (process.connected && this.includes("FATAL")) process.kill(process.pid, "SIGKILL");
  return trim.call(this);
};
export function register() {}
`;

/** The command `weft` in a folder. */
export class WeftIn {
  /** @param {string} folder */
  constructor(folder) {
    this.folder = folder;
  }

  /**
   * Starts a command.
   *
   * @param {readonly string[]} args
   */
  begin(args) {
    const child = spawn(process.execPath, [weftPath, ...args], { cwd: this.folder });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
    /** @type {Promise<{ code: number | null, out: string, err: string }>} */
    const ended = new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
    return { child, ended, said: () => err };
  }

  /**
   * Runs a command that must end with one of these codes.
   *
   * @param {readonly string[]} args
   * @param {readonly number[]} codes
   */
  async need(args, codes) {
    const ended = await this.begin(args).ended;
    check(codes.includes(ended.code ?? -1), `weft ${args.join(" ")}: ${ended.code}\n${ended.err}`);
    return ended;
  }

  /** The SHA-256 of a file. @param {string} name */
  digest(name) {
    return createHash("sha256")
      .update(readFileSync(join(this.folder, name)))
      .digest("hex");
  }
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} name
 */
export function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended since.
  }
}

/** @param {number} began */
export function seconds(began) {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}

/**
 * @param {boolean} holds
 * @param {string} otherwise
 */
export function check(holds, otherwise) {
  if (!holds) throw new Error(otherwise);
}

/** Numbers from 0 to 1: the same for the same seed (mulberry32). @param {number} state */
export function randomNumbers(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}
