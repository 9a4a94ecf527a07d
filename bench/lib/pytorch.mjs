import { spawnSync } from "node:child_process";
import { hasAvx512 } from "./machine.mjs";

/**
 * Every Python that can import PyTorch, from `--python A,B`, WEFT_BENCH_PYTHON or the usual names.
 * `reason` explains why there is none.
 *
 * @returns {{ found: { command: string, version: string, library: string }[], reason: string }}
 */
export function findPyTorch(wanted = process.env.WEFT_BENCH_PYTHON) {
  const asked = wanted?.split(",");
  const found = [];
  for (const command of asked ?? ["python3", "/usr/bin/python3", "python"]) {
    const probe = spawnSync(command, ["-W", "ignore", "-c", probeProgram], { encoding: "utf8" });
    if (probe.status === 0) {
      const [version, library = ""] = probe.stdout.trim().split(" ");
      found.push({ command, version: version.split("+")[0], library: libraries[library] ?? library });
    }
    if (found.length > 0 && asked === undefined) break;
  }
  const reason = `no Python with PyTorch (${asked?.join(", ") ?? "python3"}): install it, see bench/peers/README.md, or name one with --python`;
  return { found, reason };
}

/** Prints the version and the library of matrix products. */
const probeProgram = "import re, torch; print(torch.__version__, *re.findall(r'BLAS_INFO=(\\w+)', torch.__config__.show())[:1])";
const libraries = { mkl: "MKL", open: "OpenBLAS" };

/** Settings found best by measuring (bench/peers/README.md); they change speed only. */
export function pyTorchEnvironment(threads) {
  return {
    ...(hasAvx512() ? { OPENBLAS_CORETYPE: "SkylakeX" } : {}),
    OMP_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: String(threads),
    MALLOC_MMAP_THRESHOLD_: String(2 ** 33),
    MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
    MALLOC_TOP_PAD_: String(2 ** 28),
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONWARNINGS: "ignore",
  };
}
