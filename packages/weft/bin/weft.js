#!/usr/bin/env node
import { existsSync } from "node:fs";

// In a fresh clone there is nothing to import.
if (existsSync(new URL("../dist/cli/main.js", import.meta.url))) {
  const { main } = await import("../dist/cli/main.js");
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write("weft is not built yet: run `npm run build` in the root of the repository, then run weft again\n");
  process.exitCode = 1;
}
