const [zero, nine, dot, plus, minus] = [48, 57, 46, 43, 45];
/** Powers of ten that a double holds exactly. */
const powers = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
const decoder = new TextDecoder("latin1");

/**
 * The number that ASCII bytes print, correctly rounded to a double; NaN if they print none. Most
 * numbers of a file of vectors have few digits: their mantissa and the power of ten are exact, so
 * one division rounds correctly (Clinger 1990). All others go through `Number`.
 */
export function parseDecimal(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  const sign = bytes[at];
  if (sign === minus || sign === plus) at++;
  let [mantissa, digits, decimals] = [0, 0, -1];
  for (; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte >= zero && byte <= nine) {
      mantissa = mantissa * 10 + (byte - zero);
      digits++;
      if (decimals >= 0) decimals++;
    } else if (byte === dot && decimals < 0) decimals = 0;
    else break;
  }
  if (at < end || digits === 0 || digits > 15) return slowly(bytes, start, end);
  const value = decimals > 0 ? mantissa / (powers[decimals] as number) : mantissa;
  return sign === minus ? -value : value;
}

function slowly(bytes: Uint8Array, start: number, end: number): number {
  return start === end ? Number.NaN : Number(decoder.decode(bytes.subarray(start, end)));
}
