import { readFileSync } from "node:fs";

/**
 * The platform of this process as in the names of packages: `linux-x64`, `linux-arm64-musl`,
 * `darwin-arm64`, `win32-x64`.
 */
export function platformName(): string {
  const musl = process.platform === "linux" && usesMusl() ? "-musl" : "";
  return `${process.platform}-${process.arch}${musl}`;
}

/** Whether the C library of this Linux is musl, as in Alpine. */
function usesMusl(): boolean {
  try {
    // The dynamic linker's script of glibc names itself; musl has no such file, or says "musl".
    return readFileSync("/usr/bin/ldd", "latin1").includes("musl");
  } catch {
    const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
    return header?.glibcVersionRuntime === undefined;
  }
}
