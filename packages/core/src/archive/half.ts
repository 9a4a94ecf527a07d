let table: Float32Array | undefined;

/** The value of every 16-bit float (IEEE 754 binary16), by its bits: 65,536 numbers. */
export function halfValues(): Float32Array {
  if (table !== undefined) return table;
  table = new Float32Array(1 << 16);
  for (let bits = 0; bits < table.length; bits++) {
    const exponent = (bits >>> 10) & 31;
    const fraction = bits & 1023;
    const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
    const special = fraction === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
    table[bits] = (bits >>> 15 === 1 ? -1 : 1) * (exponent === 31 ? special : size);
  }
  return table;
}

/** 16-bit floats as 32-bit floats, without loss. */
export function halvesToFloats(halves: Uint16Array): Float32Array {
  const values = halfValues();
  const floats = new Float32Array(halves.length);
  for (let k = 0; k < halves.length; k++) floats[k] = values[halves[k] as number] as number;
  return floats;
}

/**
 * Rounds 32-bit floats to 16-bit ones: to the nearest, of two as near to the even one. A size from
 * 65,520 on becomes infinite.
 *
 * @param into receives the bits of as many floats as it is long
 */
export function floatsToHalves(floats: Float32Array, into: Uint16Array): void {
  const words = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  for (let k = 0; k < into.length; k++) {
    const word = words[k] as number;
    const sign = (word >>> 16) & 0x8000;
    const size = word & 0x7fffffff;
    into[k] = sign | (size >= 0x38800000 ? normalHalf(size) : smallHalf(size));
  }
}

/** The bits for a size of at least 2^−14. */
function normalHalf(size: number): number {
  if (size > 0x7f800000) return 0x7e00; // not a number
  if (size >= 0x477ff000) return 0x7c00; // infinite
  const moved = size - 0x38000000; // the exponent counts from 15, not from 127
  return (moved + 0xfff + ((moved >>> 13) & 1)) >>> 13;
}

/** The bits for a size below 2^−14, in units of 2^−24. */
function smallHalf(size: number): number {
  if (size < 0x33000000) return 0;
  const shift = 126 - (size >>> 23); // 14 to 24
  const digits = (size & 0x7fffff) | 0x800000;
  const whole = digits >>> shift;
  const rest = digits & ((1 << shift) - 1);
  const middle = 1 << (shift - 1);
  return rest > middle || (rest === middle && (whole & 1) === 1) ? whole + 1 : whole;
}
