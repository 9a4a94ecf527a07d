// The hot kernels at the shapes of RIN: chunks of 5 sentences of 38 words, D = 100, R = 24, LSTMs
// of 50 cells padded to 52. Then those of MiniLM at 16 sentences of 32 pieces: 384 columns, 12
// heads. `flop` says what is counted; only the products of the pair kernels are, not their sums,
// maxima and logarithms. An exponential counts as the 23 operations of our polynomial, so a
// logistic function as 26 and a hyperbolic tangent as 40.
const pairShape = { n: 38, width: 100, columns: 24, stride: 24, diagonal: 1 };
const pairProducts = ({ n, width, columns }) => 2 * n * n * width * columns;

/**
 * Each has a name, the kernel, its count of operations in words and as a number, and `call`, which
 * makes the call on what `memory.floats(count, value?)` and `memory.integers(values)` allocate.
 */
export const hotKernels = [
  gemm("gemm", { m: 190, n: 300, k: 100 }, "hidden product of a cell"),
  gemm("gemm", { m: 190, n: 600, k: 100 }, "hidden product of both cells"),
  gemm("gemm", { m: 190, n: 208, k: 112 }, "input product of an LSTM"),
  gemm("gemm", { m: 190, n: 200, k: 100 }, "both halves of the pairs"),
  gemm("gemm", { m: 38, n: 24, k: 100 }, "scores of a row of pairs"),
  gemm("gemm", { m: 5, n: 208, k: 52 }, "LSTM step"),
  gemm("gemmTransposed", { m: 100, n: 300, k: 190 }, "gradient of a weight"),
  gemm("gemmTransposed", { m: 100, n: 24, k: 38 }, "gradient of the pair layer"),
  {
    name: "pairMax, n 38, R 24",
    kernel: "pairMax",
    flop: "2·n²·D·R",
    count: pairProducts(pairShape),
    call: (memory) => ({ ...pairCall(memory), m: 38, own: 0, ...floatsOf(memory, { y: 38 * 24, arg: 38 * 24 }) }),
  },
  {
    name: "pairLoss with its gradient, n 38, R 24",
    kernel: "pairLoss",
    flop: "6·n²·D·R",
    count: 3 * pairProducts(pairShape),
    call: (memory) => ({
      ...pairCall(memory),
      ...floatsOf(memory, { wt: 2400, dA: 3800, dB: 3800, dW: 2400, dBias: 24 }),
      ...{ gold: 0, count: 0, weight: 1 },
    }),
  },
  {
    name: "pairPredict, n 38, R 24",
    kernel: "pairPredict",
    flop: "2·n²·D·R",
    count: pairProducts(pairShape),
    call: (memory) => ({ ...pairCall(memory), ...floatsOf(memory, { out: 4 }), thresholds: memory.floats(24, 30), limit: 1 }),
  },
  {
    name: "lstmForward 5×52",
    kernel: "lstmForward",
    flop: "162·m·H: 3 logistic, 2 tanh",
    count: 162 * 5 * 52,
    call: (memory) => ({
      ...{ m: 5, width: 52 },
      ...floatsOf(memory, { gates: 4 * 260, previous: 260, cell: 260, hidden: 260 }),
    }),
  },
  {
    name: "gruForward 190×100",
    kernel: "gruForward",
    flop: "99·m·D: 2 logistic, 1 tanh",
    count: 99 * 190 * 100,
    call: (memory) => ({
      ...{ m: 190, width: 100 },
      ...floatsOf(memory, { fromInput: 57_000, fromHidden: 57_000, hidden: 19_000, out: 19_000 }),
    }),
  },
  {
    name: "adam, 60,000 weights",
    kernel: "adam",
    flop: "13·n; bound by memory, 28·n bytes",
    count: 13 * 60_000,
    call: (memory) => ({
      ...floatsOf(memory, { w: 60_000, g: 60_000, m: 60_000 }),
      ...{ n: 60_000, v: memory.floats(60_000, 1), rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, clip: 1 },
    }),
  },
  gemm("gemm", { m: 512, n: 384, k: 384 }, "projection of a transformer"),
  gemm("gemm", { m: 512, n: 1536, k: 384 }, "first inner product"),
  gemm("gemm", { m: 512, n: 384, k: 1536 }, "second inner product"),
  gemm("gemmTransposed", { m: 384, n: 1536, k: 512 }, "gradient of the first inner weight"),
  attention("attendForward", 16, 32, 4),
  attention("attendForward", 1, 512, 4),
  attention("attendBackward", 16, 32, 10),
  {
    name: "geluForward 512×1536",
    kernel: "geluForward",
    flop: "40·n: an exponential and a quotient",
    count: 40 * 512 * 1536,
    call: (memory) => ({ n: 512 * 1536, ...floatsOf(memory, { x: 512 * 1536, y: 512 * 1536 }) }),
  },
];

function gemm(kernel, { m, n, k }, purpose) {
  const transposed = kernel === "gemmTransposed";
  return {
    name: `${kernel} ${m}×${n}, k ${k} (${purpose})`,
    kernel,
    flop: "2·m·n·k",
    count: 2 * m * n * k,
    call: (memory) => ({
      ...floatsOf(memory, { a: m * k, b: k * n, c: m * n }),
      ...{ m, n, k, aStride: transposed ? m : k, bStride: n, cStride: n, accumulate: transposed ? 1 : 0 },
    }),
  };
}

/**
 * 12 heads of 32 columns; `products` says how many operations there are for each pair and column.
 */
function attention(kernel, sentences, length, products) {
  const [heads, size] = [12, 32];
  const [rows, stride] = [sentences * length, heads * size];
  const matrices = kernel === "attendForward" ? ["y"] : ["y", "dy", "dQueries", "dKeys", "dValues"];
  return {
    name: `${kernel}, ${sentences} × ${length} pieces`,
    kernel,
    flop: `${products}·ΣN²·D`,
    count: products * sentences * length ** 2 * stride,
    call: (memory) => ({
      ...{ count: sentences, heads, size, longest: length, block: 48, stride, factor: 0.2, rate: 0, seed1: 0, seed2: 0 },
      spans: memory.integers(Array.from({ length: 2 * sentences }, (_, k) => Math.ceil(k / 2) * length)),
      ...Object.fromEntries(["queries", "keys", "values", ...matrices].map((field) => [field, memory.floats(rows * stride)])),
      ...{ logSum: memory.floats(rows * heads, 4), scratch: memory.floats(2 * (size + 48) * length) },
    }),
  };
}

function pairCall(memory) {
  const { n, width, stride } = pairShape;
  const room = ((n + 3) & ~3) * (2 * width + stride);
  return { ...pairShape, ...floatsOf(memory, { a: n * width, b: n * width, w: width * stride, bias: stride, scratch: room }) };
}

const floatsOf = (memory, counts) =>
  Object.fromEntries(Object.entries(counts).map(([field, count]) => [field, memory.floats(count)]));
