import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * `weft serve` with these arguments, as people start it, on a free port: for whoever draws or tests
 * its page.
 *
 * @param {readonly string[]} args
 * @returns {Promise<{ address: string, stop: () => Promise<void> }>} once it listens; `stop` waits
 *   for its end
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
    server.on("close", (code) => reject(new Error(`weft serve ended with ${code}: ${said}`)));
  });
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const closed = new Promise((ended) => server.once("close", ended));
    server.kill("SIGTERM");
    await closed;
  };
  return { address, stop };
}
