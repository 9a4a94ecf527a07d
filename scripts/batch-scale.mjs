/**
 * How batches scale: a plan of a terabyte (a sparse file), the status of 50,000 shards, and the
 * reduction of 10^8 generated triples, with their times and the memory that they take.
 *
 * `node scripts/batch-scale.mjs plan` (or `status`, or `reduce --triples 100000000`)
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import { DirectoryStore, makePlan, reduceTriples } from "@weft-nlp/batch";

const root = fileURLToPath(new URL("..", import.meta.url));
const weftPath = join(root, "packages/weft/bin/weft.js");
const model = join(root, "examples/model");
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    triples: { type: "string", default: "100000000" },
    shards: { type: "string", default: "50000" },
    bytes: { type: "string", default: String(10 ** 12) },
    buckets: { type: "string", default: "64" },
    memory: { type: "string", default: "2048" },
    threads: { type: "string", default: "2" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "weft-batch-scale-"));
const options = /** @type {const} */ ({ output: "jsonl", blank: "record", identity: "file", buckets: 0 });

try {
  const parts = { plan: measurePlan, status: measureStatus, reduce: measureReduce };
  for (const name of positionals.length === 0 ? Object.keys(parts) : positionals) {
    const measure = parts[/** @type {keyof typeof parts} */ (name)];
    if (measure === undefined) throw new Error(`${name}: expected ${Object.keys(parts).join(", ")}`);
    await measure();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Lines of 100 bytes at the beginning of a sparse file, and one near each cut. */
async function measurePlan() {
  const [bytes, shards] = [Number(values.bytes), Number(values.shards)];
  const path = join(folder, "sparse.txt");
  const line = `${"Mara Voss founded Kettle in Bremen. ".repeat(3).slice(0, 99)}\n`;
  const file = openSync(path, "w");
  writeSync(file, line.repeat(50_000));
  const step = Math.floor(bytes / shards);
  for (let at = step + 1000; at < bytes; at += step) writeSync(file, `\n${line}`, at);
  writeSync(file, "\n", bytes - 1);
  const before = process.resourceUsage().maxRSS;
  const began = performance.now();
  const { shards: found } = await makePlan({
    ...{ store: new DirectoryStore(join(folder, "plan")), files: [path], model, checksum: "sampled" },
    ...{ input: "line", options, shardRecords: Math.floor(step / line.length) },
  });
  const grown = process.resourceUsage().maxRSS - before;
  console.log(
    `plan of ${bytes} bytes: ${found.count} shards, ${seconds(began)}, memory grown by ${Math.round(grown / 1024)} MiB`,
  );
}

/** A batch whose shards are all done but one. */
async function measureStatus() {
  const shards = Number(values.shards);
  const path = join(folder, "lines.txt");
  writeFileSync(path, "Mara Voss founded Norda.\n".repeat(shards));
  const out = join(folder, "status");
  await makePlan({
    ...{ store: new DirectoryStore(out), files: [path], model, checksum: "full" },
    ...{ input: "line", options, shardRecords: 1 },
  });
  const sha256 = "0".repeat(64);
  for (let shard = 0; shard < shards - 1; shard++) {
    const number = String(shard).padStart(7, "0");
    if (shard % 1000 === 0) mkdirSync(join(out, "manifest", number.slice(0, -3)), { recursive: true });
    const counts = { in: 1, out: 1, quarantined: 0, sha256, bytes: 100, sentences: 1, relations: 1 };
    const record = { shard: String(shard), ...counts, seconds: 1, finished: 1_700_000_000_000 + shard, kernels: "native" };
    writeFileSync(join(out, "manifest", number.slice(0, -3), `${number}.json`), `${JSON.stringify(record)}\n`);
  }
  for (const what of ["without an index", "with an index", "with an index"]) {
    const began = performance.now();
    const command = [process.execPath, weftPath, "batch", "status", out];
    const { stdout, stderr, status } = spawnSync("bash", ["-c", 'time -p "$@"', "bash", ...command], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    const [user = 0, system = 0] = stderr
      .trim()
      .split("\n")
      .slice(-2)
      .map((line) => Number(line.split(" ")[1]));
    const spent = `${(user + system).toFixed(2)} s of processor time`;
    console.log(`status of ${shards} shards ${what}: ${seconds(began)}, ${spent}; ${stdout.split("\n")[1]}`);
  }
}

/** Shards of 20,000 triples, a third of which are found again and again. */
async function measureReduce() {
  const [triples, buckets] = [Number(values.triples), Number(values.buckets)];
  const perFile = 20_000;
  const files = Math.ceil(triples / perFile);
  mkdirSync(join(folder, "aggregates"));
  const paths = Array.from({ length: files }, (_, shard) => join(folder, "aggregates", `${shard}.parquet`));
  const instance = await DuckDBInstance.create(":memory:", { threads: values.threads });
  let began = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: Number(values.threads) }, generate));
  instance.closeSync();
  console.log(`generated ${files} files of ${perFile} triples: ${seconds(began)}`);
  const before = process.resourceUsage().maxRSS;
  const earlier = process.cpuUsage();
  began = performance.now();
  const { triples: different, found } = await reduceTriples({
    ...{ files: paths, buckets, out: join(folder, "triples") },
    ...{ memoryMiB: Number(values.memory), threads: Number(values.threads) },
  });
  const rate = Math.round(found / ((performance.now() - began) / 1000));
  const most = Math.round(process.resourceUsage().maxRSS / 1024);
  const { user, system } = process.cpuUsage(earlier);
  console.log(
    `reduced ${found} triples to ${different}: ${seconds(began)}, ${rate} a second; ` +
      `${((user + system) / 1e6).toFixed(1)} s of processor time; ` +
      `max memory ${most} MiB (${Math.round(before / 1024)} MiB before), DuckDB limited to ${values.memory} MiB`,
  );

  async function generate() {
    const connection = await instance.connect();
    for (let shard = next++; shard < files; shard = next++) {
      await connection.run(
        `COPY (SELECT (hash(head, relation, tail) % ${buckets})::INT AS bucket, head, relation, tail, 1::INT AS count,
           worth::BIGINT AS total, worth AS best,
           lpad((1000000 - worth)::VARCHAR, 7, '0') || ' news.txt:' || k AS sample
         FROM (SELECT k, 'Head ' || (h % ${Math.ceil(triples / 30)}) AS head, 'relation_' || (h % 7) AS relation,
             'Tail ' || (h % CASE WHEN k % 3 = 0 THEN 50 ELSE 5000 END) AS tail, (500000 + h % 500000)::INT AS worth
           FROM (SELECT k, hash(k)::UBIGINT AS h FROM range(${shard * perFile}, ${(shard + 1) * perFile}) t(k))))
         TO '${paths[shard]}' (FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1)`,
      );
    }
    connection.closeSync();
  }
}

/** @param {number} began */
function seconds(began) {
  return `${((performance.now() - began) / 1000).toFixed(2)} s`;
}
