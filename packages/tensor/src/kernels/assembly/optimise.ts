// Parameter updates over slices of a multiple of 4 floats, and what they need of the gradient.
import { madd, notNegligible } from "./math";

/** Σ x², summed in four double-precision lanes. Not finite when any x is not. */
export function sumSquares(n: i32, x: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (const end = x + (<usize>n << 2); x < end; x += 16) {
    const value = v128.load(x);
    const first = f64x2.promote_low_f32x4(value);
    const second = f64x2.promote_low_f32x4(v128.shuffle<i32>(value, value, 2, 3, 2, 3));
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
  }
  const sum = f64x2.add(low, high);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/**
 * Adam (Kingma and Ba 2015). `rate` already holds lr·√(1 − β2^t)/(1 − β1^t), `epsilon` is scaled by
 * √(1 − β2^t) alike.
 */
export function adam(n: i32, w: usize, g: usize, m: usize, v: usize, rate: f32, beta1: f32, beta2: f32, epsilon: f32, clip: f32): void {
  const by = f32x4.splat(clip);
  for (const end = w + (<usize>n << 2); w < end; w += 16, g += 16, m += 16, v += 16) {
    const slope = f32x4.mul(v128.load(g), by);
    const mean = madd(f32x4.splat(beta1), v128.load(m), f32x4.mul(f32x4.splat(<f32>1 - beta1), slope));
    const square = madd(f32x4.splat(beta2), v128.load(v), f32x4.mul(f32x4.mul(f32x4.splat(<f32>1 - beta2), slope), slope));
    // Without a gradient, as in rows of words that the batch lacks, the mean only shrinks.
    v128.store(m, v128.and(mean, notNegligible(mean)));
    v128.store(v, square);
    const move = f32x4.div(f32x4.mul(f32x4.splat(rate), mean), f32x4.add(f32x4.sqrt(square), f32x4.splat(epsilon)));
    v128.store(w, f32x4.sub(v128.load(w), move));
  }
}

/**
 * Adadelta (Zeiler 2012): `square` and `moved` hold the running means of g² and of the squared
 * moves.
 */
export function adadelta(n: i32, w: usize, g: usize, square: usize, moved: usize, rate: f32, rho: f32, epsilon: f32, clip: f32): void {
  const by = f32x4.splat(clip);
  const keep = f32x4.splat(rho);
  const rest = f32x4.splat(<f32>1 - rho);
  const small = f32x4.splat(epsilon);
  for (const end = w + (<usize>n << 2); w < end; w += 16, g += 16, square += 16, moved += 16) {
    const slope = f32x4.mul(v128.load(g), by);
    const mean = madd(keep, v128.load(square), f32x4.mul(f32x4.mul(rest, slope), slope));
    const before = v128.load(moved);
    const move = f32x4.mul(f32x4.div(f32x4.sqrt(f32x4.add(before, small)), f32x4.sqrt(f32x4.add(mean, small))), slope);
    v128.store(square, mean);
    v128.store(moved, madd(keep, before, f32x4.mul(f32x4.mul(rest, move), move)));
    v128.store(w, f32x4.sub(v128.load(w), f32x4.mul(f32x4.splat(rate), move)));
  }
}

/** RMSprop (Tieleman and Hinton 2012), ε outside the root as in PyTorch. */
export function rmsprop(n: i32, w: usize, g: usize, square: usize, rate: f32, rho: f32, epsilon: f32, clip: f32): void {
  const by = f32x4.splat(clip);
  for (const end = w + (<usize>n << 2); w < end; w += 16, g += 16, square += 16) {
    const slope = f32x4.mul(v128.load(g), by);
    const mean = madd(f32x4.splat(rho), v128.load(square), f32x4.mul(f32x4.mul(f32x4.splat(<f32>1 - rho), slope), slope));
    v128.store(square, mean);
    const move = f32x4.div(f32x4.mul(f32x4.splat(rate), slope), f32x4.add(f32x4.sqrt(mean), f32x4.splat(epsilon)));
    v128.store(w, f32x4.sub(v128.load(w), move));
  }
}
