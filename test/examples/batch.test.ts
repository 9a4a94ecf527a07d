import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { weft, weftPath } from "../e2e/weft-command.ts";

// What the examples start is started here, with a small batch; the engines themselves are not here.

const example = (name: string): string => fileURLToPath(new URL(`../../examples/batch/${name}`, import.meta.url));
const text = (name: string): string => readFileSync(example(name), "utf8");
const model = fileURLToPath(new URL("../../examples/model", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "weft-examples-batch-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  // The command as the examples call it.
  writeFileSync(join(folder, "weft"), `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(weftPath)} "$@"\n`);
  chmodSync(join(folder, "weft"), 0o755);
  writeFileSync(join(folder, "in.txt"), Array.from({ length: 40 }, (_, k) => `Mara Voss founded Kettle ${k}.\n`).join(""));
  const planned = await weft(["batch", "plan", "in.txt", "--model", model, "--records", "1", "--out", "batch"], { cwd: folder });
  if (planned.code !== 0) throw new Error(planned.err);
});

async function start(command: readonly string[], env: Readonly<Record<string, string>>, input = ""): Promise<string> {
  const [program = "", ...args] = command;
  const path = `${folder}:${process.env["PATH"] ?? ""}`;
  const child = spawn(program, args, { cwd: folder, env: { PATH: path, ...env }, stdio: ["pipe", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (out += piece));
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  expect(code, command.join(" ")).toBe(0);
  return out;
}

async function done(): Promise<number> {
  const { out } = await weft(["batch", "status", "batch", "--json"], { cwd: folder });
  return (JSON.parse(out) as { shards: { done: number } }).shards.done;
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

test("the Kubernetes Job has the fields of an Indexed Job, and its command does the part of its index", async () => {
  // https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/
  const spec = {
    completionMode: "Indexed",
    ...{ completions: 20, parallelism: 20, backoffLimitPerIndex: expect.any(Number) },
    template: {
      spec: {
        restartPolicy: "Never",
        containers: [
          {
            ...{ name: expect.stringMatching(dnsLabel), image: expect.any(String), workingDir: "/work" },
            command: ["sh", "-c", expect.stringContaining("--shard 20 ")],
            resources: { requests: { cpu: "4", memory: "2Gi" }, limits: { memory: "4Gi" } },
            volumeMounts: [{ name: "work", mountPath: "/work" }],
          },
        ],
        volumes: [{ name: "work", persistentVolumeClaim: { claimName: expect.stringMatching(dnsLabel) } }],
      },
    },
  };
  const job = parse(text("k8s-job.yaml")) as { spec: { template: { spec: { containers: [{ command: string[] }] } } } };
  const metadata = { name: expect.stringMatching(dnsLabel) };
  expect(job).toEqual({ apiVersion: "batch/v1", kind: "Job", metadata, spec });
  const [container] = job.spec.template.spec.containers;
  const before = await done();
  await start(container.command, { JOB_COMPLETION_INDEX: "7" });
  expect(await done()).toBe(before + 40 / 20);
});

test("the compose file has services that compose knows, and its workers ask the queue that it starts", () => {
  // https://github.com/compose-spec/compose-spec/blob/main/spec.md
  const { services, volumes, name } = parse(text("compose.yaml"), { merge: true }) as Record<string, Record<string, unknown>>;
  const weft = {
    build: { dockerfile_inline: expect.stringContaining("bullmq ioredis") },
    volumes: ["./work:/work"],
    working_dir: "/work",
  };
  expect([name, volumes]).toEqual(["weft-batch", { queue: null }]);
  expect(services).toEqual({
    queue: {
      image: expect.stringMatching(/^valkey\/valkey:/),
      command: ["valkey-server", "--appendonly", "yes", "--maxmemory-policy", "noeviction"],
      volumes: ["queue:/data"],
      healthcheck: { test: ["CMD", "valkey-cli", "ping"], interval: "2s", retries: 30 },
    },
    plan: { ...weft, profiles: ["plan"], command: ["sh", "-c", expect.stringContaining("--out batch")] },
    worker: {
      ...weft,
      command: ["sh", "-c", expect.stringContaining("weft batch run batch --queue redis://queue:6379 ")],
      restart: "on-failure",
      depends_on: { queue: { condition: "service_healthy" } },
    },
  });
});

test("the Slurm script does the part of its task", async () => {
  expect(text("slurm.sh")).toContain("#SBATCH --array=0-19\n");
  const before = await done();
  await start(["bash", example("slurm.sh"), "batch"], { SLURM_ARRAY_TASK_ID: "3", SLURM_ARRAY_TASK_COUNT: "20" });
  expect(await done()).toBe(before + 2);
});

const python = await new Promise<boolean>((resolve) => {
  spawn("python3", ["--version"], { stdio: "ignore" })
    .on("error", () => resolve(false))
    .on("close", (code) => resolve(code === 0));
});

test.skipIf(!python)(
  `the command of a Spark partition does the parts that it reads${python ? "" : " (no python3)"}`,
  async () => {
    const printing =
      "import importlib.util as u, sys; s = u.spec_from_file_location('spark', sys.argv[1]); m = u.module_from_spec(s); ";
    const call = "sys.dont_write_bytecode = True; s.loader.exec_module(m); print(m.command('batch', 20))";
    const command = await start(["python3", "-c", printing + call, example("spark.py")], {});
    const before = await done();
    const lines = (await start(["bash", "-c", command], {}, "11\n12\n")).trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { done: { shards: number } }).done.shards)).toEqual([2, 2]);
    expect(await done()).toBe(before + 4);
  },
);
