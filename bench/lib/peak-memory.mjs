// For `node --import`: when the process ends, it prints its peak memory in MB as the last line on
// standard error.
import { writeSync } from "node:fs";

process.on("exit", () => {
  writeSync(2, `peak ${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
});
