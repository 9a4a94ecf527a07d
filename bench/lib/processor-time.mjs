// For `node --import`: when the process ends, it prints the seconds of processor time that all its
// threads and its main thread used, as the last line on standard error. The main thread's is 0
// where the system does not tell.
import { existsSync, readFileSync, writeSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

const times = `/proc/self/task/${process.pid}/schedstat`;

if (isMainThread) {
  process.on("exit", () => {
    const { user, system } = process.cpuUsage();
    const main = existsSync(times) ? Number(readFileSync(times, "utf8").split(" ")[0]) / 1e9 : 0;
    writeSync(2, `processor ${JSON.stringify({ processor: (user + system) / 1e6, main })}\n`);
  });
}
