/**
 * Bundles what `weft extract` and `weft batch` load into a few files, `packages/weft/dist/start`,
 * from the build of the packages: loading some hundreds of modules takes longer than extracting
 * from a page of text.
 *
 * `bin/weft.js` uses the bundle only where it changes nothing: plugins share the modules of the
 * packages, so with plugins the packages themselves are loaded.
 */
import { rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { licences } from "./bundle-licences.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const cli = join(root, "packages/weft/dist/cli");
const folder = join(root, "packages/weft/dist/start");
const actions = join(cli, "actions") + sep;

const bundle = await rolldown({
  input: {
    main: join(cli, "main.js"),
    "chunk-worker": join(root, "packages/node/dist/workers/chunk-worker.js"),
    "shard-process": join(root, "packages/batch/dist/runner/shard-process.js"),
  },
  platform: "node",
  // The other commands are loaded from their packages, and so is what extraction hardly ever needs.
  // The native package finds its addon beside its own files. Users install clients of databases.
  external: (id, importer) =>
    ["n3", "unpdf", "@weft-nlp/native", "@duckdb/node-api", "bullmq", "ioredis", "pg"].includes(id) ||
    (id.startsWith(".") && isOtherAction(join(dirname(importer ?? root), id))),
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

/** @param {string} path */
function isOtherAction(path) {
  return path.startsWith(actions) && !/^(?:extract|batch-\w+)-action\.js$/.test(basename(path));
}
