// For `node --import`: a process that ends says, as the last line on standard error, the most
// memory it held, in MB.
import { writeSync } from "node:fs";

process.on("exit", () => {
  writeSync(2, `peak ${Math.round(process.resourceUsage().maxRSS / 1024)}\n`);
});
