import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * `weft serve` with these arguments, on a free port, for whoever draws its page.
 *
 * @param {readonly string[]} args
 * @returns {Promise<{ server: import("node:child_process").ChildProcess, address: string }>} once it listens
 */
export async function startServer(args) {
  const server = spawn(process.execPath, ["packages/weft/bin/weft.js", "serve", ...args, "--port", "0", "--json"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const address = await new Promise((resolve, reject) => {
    let said = "";
    server.stderr.on("data", (chunk) => (said += chunk));
    server.stdout.on("data", (chunk) => {
      said += chunk;
      const url = /"kind":"ready","url":"([^"]+)"/.exec(said)?.[1];
      if (url !== undefined) resolve(url);
    });
    server.on("close", () => reject(new Error(`weft serve ended: ${said}`)));
  });
  return { server, address };
}
