import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Starts `weft serve` with these arguments on a free port, for scripts that draw or test its page.
 *
 * @param {readonly string[]} args
 * @param {string} folder the folder it starts in; defaults to the root of the repository
 * @returns {Promise<{ address: string, stop: () => Promise<void> }>} once the server listens;
 *   `stop` waits until it has exited
 */
export async function startServer(args, folder = root) {
  const command = fileURLToPath(new URL("../packages/weft/bin/weft.js", import.meta.url));
  const server = spawn(process.execPath, [command, "serve", ...args, "--port", "0", "--json"], {
    cwd: folder,
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
    server.on("close", (code) => reject(new Error(`weft serve exited with ${code}: ${said}`)));
  });
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const closed = new Promise((ended) => server.once("close", ended));
    server.kill("SIGTERM");
    await closed;
  };
  return { address, stop };
}
