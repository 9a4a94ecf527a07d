// Draws that depend on a place and two seeds alone.

/** Draws i to i + 3 of a dropout mask. */
// @ts-ignore: decorator
@inline
export function fourDraws(i: i32, rate: f32, keep: f32, seed1: i32, seed2: i32): v128 {
  const place = v128.xor(i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3)), i32x4.splat(seed1));
  const unit = f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_u(hash4(place, seed2), 8)), f32x4.splat(5.9604644775390625e-8));
  return v128.andnot(f32x4.splat(keep), f32x4.lt(unit, f32x4.splat(rate)));
}

/** Two rounds of the 32-bit finaliser of MurmurHash3, keyed before each. */
// @ts-ignore: decorator
@inline
export function hash(value: u32, key: u32): u32 {
  let h = mix(value * 0x9e3779b1 + key);
  h = mix(h ^ (key * 0x85ebca6b + 0x165667b1));
  return h;
}

// @ts-ignore: decorator
@inline
function mix(h: u32): u32 {
  h ^= h >>> 16;
  h *= 0x85ebca6b;
  h ^= h >>> 13;
  h *= 0xc2b2ae35;
  return h ^ (h >>> 16);
}

/** The same for four values at once. */
// @ts-ignore: decorator
@inline
function hash4(value: v128, key: u32): v128 {
  const h = mix4(i32x4.add(i32x4.mul(value, i32x4.splat(0x9e3779b1)), i32x4.splat(key)));
  return mix4(v128.xor(h, i32x4.splat(key * 0x85ebca6b + 0x165667b1)));
}

// @ts-ignore: decorator
@inline
function mix4(value: v128): v128 {
  let h = v128.xor(value, i32x4.shr_u(value, 16));
  h = i32x4.mul(h, i32x4.splat(0x85ebca6b));
  h = v128.xor(h, i32x4.shr_u(h, 13));
  h = i32x4.mul(h, i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}
