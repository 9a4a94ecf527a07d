import asc from "assemblyscript/asc";

/**
 * Ten chains of multiply-adds that never leave the registers: the upper limit for the 128-bit
 * vectors of WebAssembly.
 */
export async function registerPeak() {
  const chains = Array.from({ length: 10 }, (_, k) => k);
  const source = `export function run(n: i32): f32 {
    const x = f32x4.splat(<f32>n), y = f32x4.splat(0.5);
    ${chains.map((k) => `let s${k} = f32x4.splat(${k});`).join(" ")}
    for (let i = 0; i < n; i++) { ${chains.map((k) => `s${k} = f32x4.relaxed_madd(x, y, s${k});`).join(" ")} }
    return ${chains.map((k) => `f32x4.extract_lane(s${k}, 0)`).join(" + ")};
  }`;
  let bytes = new Uint8Array();
  const features = ["--enable", "simd", "--enable", "relaxed-simd"];
  const { error } = await asc.main(["--runtime", "stub", "-O3", "--noAssert", ...features, "-o", "peak.wasm", "peak.ts"], {
    readFile: (name) => (name === "peak.ts" ? source : null),
    writeFile: (name, content) => {
      if (name === "peak.wasm") bytes = content;
    },
    listFiles: () => [],
  });
  if (error) throw error;
  const { instance } = await WebAssembly.instantiate(bytes, { env: { abort: () => undefined } });
  const rounds = 100_000;
  return { flop: rounds * chains.length * 8, run: () => instance.exports.run(rounds) };
}
