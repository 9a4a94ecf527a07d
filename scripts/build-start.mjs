/**
 * Bundles what the commands and their threads load into fewer files, `packages/weft/dist/start`,
 * from the build of the packages: loading some hundreds of modules takes longer than extracting
 * from a page of text, and every thread of a training loads them again.
 *
 * `bin/weft.js` uses the bundle only where it changes nothing: plugins share the modules of the
 * packages, so with plugins the packages themselves are loaded. `weft serve` and `weft mcp`, which
 * start once and stay, are not in it.
 */
import { rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { licences } from "./bundle-licences.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = join(root, "packages/weft/dist/cli");
const folder = join(root, "packages/weft/dist/start");
const unbundled = ["serve", "mcp"].map((name) => join(cli, `actions/${name}-action.js`));

const bundle = await rolldown({
  input: {
    main: join(cli, "main.js"),
    "chunk-worker": join(root, "packages/node/dist/workers/chunk-worker.js"),
    "run-worker": join(root, "packages/node/dist/experiments/run-worker.js"),
    "shard-process": join(root, "packages/batch/dist/runner/shard-process.js"),
  },
  platform: "node",
  // Few runs need n3 and unpdf. The native package finds its addon beside its own files. Users
  // install clients of databases.
  external: (id, importer) =>
    ["n3", "unpdf", "@weft-nlp/native", "@duckdb/node-api", "bullmq", "ioredis", "pg"].includes(id) ||
    (id.startsWith(".") && unbundled.includes(join(dirname(importer ?? root), id))),
});
rmSync(folder, { recursive: true, force: true });
const { output } = await bundle.write({
  dir: folder,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "[name]-[hash].js",
  comments: { legal: true },
  // Names stay, so that errors and profiles can be read.
  minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
});
writeFileSync(
  join(folder, "THIRD-PARTY-LICENSES.txt"),
  licences(output.flatMap((one) => (one.type === "chunk" ? one.moduleIds : []))),
);
