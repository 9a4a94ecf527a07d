/**
 * Runs every case of the kernel contract on native kernels that are built with the address
 * sanitizer. During a call, all bytes of the memory that the contract does not name are forbidden.
 * The first access to one of them ends the process with a report.
 *
 * `node scripts/sanitize-native.mjs` needs GCC or clang on Linux, and takes some minutes.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const compiler = process.env.CXX ?? "c++";
execFileSync(process.execPath, ["scripts/build-kernels.mjs"], { cwd: root, stdio: "inherit" });
execFileSync(process.execPath, ["scripts/build-native.mjs", "--sanitize"], { cwd: root, stdio: "inherit" });
const library = execFileSync(compiler, ["-print-file-name=libasan.so"], { encoding: "utf8" }).trim();
const { status } = spawnSync(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "packages/native"], {
  cwd: root,
  stdio: "inherit",
  env: {
    ...process.env,
    WEFT_NATIVE_ADDON: join(root, "packages/native/build/sanitized/weft.node"),
    LD_PRELOAD: library,
    // V8 handles its own faults, and frees nothing at the end.
    ASAN_OPTIONS: "detect_leaks=0:handle_segv=0:allow_user_segv_handler=1",
  },
});
process.exitCode = status ?? 1;
