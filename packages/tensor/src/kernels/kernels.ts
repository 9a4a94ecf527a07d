/** An address in the engine's linear memory, in bytes. Zero never belongs to a matrix and stands for "none". */
export type Address = number;

/**
 * The compute kernels. `assembly/` holds their SIMD form with the documentation of every parameter, `plain.ts` a twin of each in plain
 * TypeScript; a test runs both on the same memory. Counts and strides are in floats, and rows are padded to a multiple of four.
 */
export interface Kernels {
  add(n: number, x: Address, y: Address): void;
  addScaled(n: number, factor: number, x: Address, y: Address): void;
  scale(n: number, factor: number, y: Address): void;
  multiply(n: number, x1: Address, x2: Address, y: Address, accumulate: number): void;
  sum(n: number, x: Address): number;
  fillRows(m: number, n: number, x: Address, y: Address, yStride: number): void;
  sumRows(m: number, n: number, x: Address, xStride: number, y: Address): void;
  gatherRows(m: number, n: number, index: Address, x: Address, xStride: number, y: Address, yStride: number): void;
  scatterRows(m: number, n: number, index: Address, x: Address, xStride: number, y: Address, yStride: number): void;
  transpose(m: number, n: number, x: Address, xStride: number, y: Address, yStride: number): void;
  transposeAdd(m: number, n: number, x: Address, xStride: number, y: Address, yStride: number): void;
  tanhForward(n: number, x: Address, y: Address): void;
  tanhBackward(n: number, y: Address, dy: Address, dx: Address): void;
  reluForward(n: number, x: Address, y: Address): void;
  reluBackward(n: number, y: Address, dy: Address, dx: Address): void;
  sigmoidRows(m: number, columns: number, stride: number, x: Address, y: Address): void;
  sigmoidBackward(n: number, y: Address, dy: Address, dx: Address): void;
  softmaxRows(m: number, columns: number, stride: number, x: Address, y: Address): void;
  softmaxBackward(m: number, stride: number, y: Address, dy: Address, dx: Address): void;
  dropoutMask(n: number, rate: number, seed1: number, seed2: number, mask: Address): void;

  gemm: Gemm;
  gemmTransposed: Gemm;

  lstmForward(m: number, width: number, gates: Address, previous: Address, cell: Address, hidden: Address): void;
  lstmBackward(
    m: number,
    width: number,
    gates: Address,
    previous: Address,
    cell: Address,
    dHidden: Address,
    dCell: Address,
  ): void;
  gruForward(m: number, width: number, fromInput: Address, fromHidden: Address, hidden: Address, out: Address): void;
  gruBackward(
    m: number,
    width: number,
    gates: Address,
    fromHidden: Address,
    hidden: Address,
    dOut: Address,
    dHidden: Address,
  ): void;
  interactionGates(m: number, width: number, gates: Address, hidden: Address, kept: Address): void;
  interactionOutput(m: number, width: number, gates: Address, hidden: Address, fresh: Address, out: Address): void;
  interactionOutputBackward(
    m: number,
    width: number,
    gates: Address,
    hidden: Address,
    fresh: Address,
    dOut: Address,
    dHidden: Address,
  ): void;
  interactionGatesBackward(m: number, width: number, gates: Address, hidden: Address, dKept: Address, dHidden: Address): void;

  softmaxLoss(m: number, stride: number, p: Address, gold: Address, weights: Address, factor: number, dx: Address): number;
  rankingLoss(
    m: number,
    classes: number,
    stride: number,
    x: Address,
    gold: Address,
    positiveMargin: number,
    negativeMargin: number,
    scale: number,
    factor: number,
    dx: Address,
  ): number;

  pairMax(
    n: number,
    width: number,
    columns: number,
    stride: number,
    diagonal: number,
    a: Address,
    b: Address,
    w: Address,
    bias: Address,
    scratch: Address,
    y: Address,
    arg: Address,
  ): void;
  pairMaxBackward(
    n: number,
    width: number,
    columns: number,
    stride: number,
    a: Address,
    b: Address,
    wt: Address,
    y: Address,
    arg: Address,
    dy: Address,
    dA: Address,
    dB: Address,
    dWt: Address,
    dBias: Address,
  ): void;
  pairLoss(
    n: number,
    width: number,
    columns: number,
    stride: number,
    diagonal: number,
    a: Address,
    b: Address,
    w: Address,
    bias: Address,
    gold: Address,
    count: number,
    weight: number,
    wt: Address,
    scratch: Address,
    dA: Address,
    dB: Address,
    dW: Address,
    dBias: Address,
  ): number;
  pairPredict(
    n: number,
    width: number,
    columns: number,
    stride: number,
    diagonal: number,
    a: Address,
    b: Address,
    w: Address,
    bias: Address,
    thresholds: Address,
    scratch: Address,
    out: Address,
    limit: number,
  ): number;
  pairProbabilities(
    n: number,
    width: number,
    columns: number,
    stride: number,
    diagonal: number,
    a: Address,
    b: Address,
    w: Address,
    bias: Address,
    scratch: Address,
    p: Address,
  ): void;

  gatherAdd: AddRows;
  scatterAdd: AddRows;
  spanMax(count: number, taps: number, width: number, spans: Address, x: Address, bias: Address, y: Address, arg: Address): void;
  spanMaxBackward(
    count: number,
    taps: number,
    width: number,
    spans: Address,
    y: Address,
    arg: Address,
    dy: Address,
    dx: Address,
    dBias: Address,
  ): void;

  diagonalSums(
    n: number,
    rows: number,
    first: number,
    clipped: number,
    taps: number,
    width: number,
    x: Address,
    u: Address,
  ): void;
  diagonalSumsBackward(
    n: number,
    rows: number,
    first: number,
    clipped: number,
    taps: number,
    width: number,
    du: Address,
    dx: Address,
  ): void;
  windowMax(
    count: number,
    taps: number,
    width: number,
    windows: Address,
    words: Address,
    first: Address,
    second: Address,
    rows: number,
    bias: Address,
    rectified: number,
    y: Address,
    arg: Address,
  ): void;
  windowMaxBackward(
    count: number,
    taps: number,
    width: number,
    windows: Address,
    rows: number,
    rectified: number,
    y: Address,
    arg: Address,
    dy: Address,
    dWords: Address,
    dFirst: Address,
    dSecond: Address,
    dBias: Address,
  ): void;
  windowMean(
    count: number,
    taps: number,
    width: number,
    windows: Address,
    words: Address,
    first: Address,
    second: Address,
    rows: number,
    bias: Address,
    rectified: number,
    y: Address,
  ): void;
  windowMeanBackward(
    count: number,
    taps: number,
    width: number,
    windows: Address,
    words: Address,
    first: Address,
    second: Address,
    rows: number,
    bias: Address,
    rectified: number,
    dy: Address,
    dWords: Address,
    dFirst: Address,
    dSecond: Address,
    dBias: Address,
  ): void;

  columnMoments(m: number, width: number, x: Address, mean: Address, variance: Address): void;
  normaliseRows(
    m: number,
    width: number,
    x: Address,
    mean: Address,
    variance: Address,
    epsilon: number,
    scale: Address,
    shift: Address,
    y: Address,
  ): void;
  normaliseRowsBackward(
    m: number,
    width: number,
    x: Address,
    mean: Address,
    variance: Address,
    epsilon: number,
    scale: Address,
    share: number,
    dy: Address,
    dx: Address,
    dScale: Address,
    dShift: Address,
  ): void;

  sumSquares(n: number, x: Address): number;
  adam(
    n: number,
    w: Address,
    g: Address,
    m: Address,
    v: Address,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    clip: number,
  ): void;
  adadelta(
    n: number,
    w: Address,
    g: Address,
    square: Address,
    moved: Address,
    rate: number,
    rho: number,
    epsilon: number,
    clip: number,
  ): void;
  rmsprop(n: number, w: Address, g: Address, square: Address, rate: number, rho: number, epsilon: number, clip: number): void;
}

type Gemm = (
  m: number,
  n: number,
  k: number,
  a: Address,
  aStride: number,
  b: Address,
  bStride: number,
  c: Address,
  cStride: number,
  accumulate: number,
) => void;

type AddRows = (
  m: number,
  n: number,
  factor: number,
  index: Address,
  x: Address,
  xStride: number,
  y: Address,
  yStride: number,
) => void;

export type KernelName = keyof Kernels;
