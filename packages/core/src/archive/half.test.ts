import { expect, test } from "vitest";
import { floatsToHalves, halfValues, halvesToFloats } from "./index.ts";

const round = (...values: number[]): number[] => {
  const into = new Uint16Array(values.length);
  floatsToHalves(Float32Array.from(values), into);
  return [...into];
};

test("every 16-bit float that is a number comes back from its value", () => {
  const bits = Uint16Array.from({ length: 1 << 16 }, (_, k) => k).filter((each) => !Number.isNaN(halfValues()[each]));
  expect(bits.length).toBe(65_536 - 2 * 1023);
  expect(round(...halvesToFloats(bits))).toEqual([...bits]);
});

test("what lies between two 16-bit floats goes to the nearer, from the middle to the even one", () => {
  const values = [...halfValues().subarray(0, 0x7c00)];
  for (const low of [0, 1, 2, 1022, 1023, 1024, 1025, 15_361, 15_362, 31_742]) {
    const [small, large] = [values[low] as number, values[low + 1] as number];
    const middle = (small + large) / 2;
    const near = (large - small) / 64;
    expect(round(middle - near, middle, middle + near)).toEqual([low, low % 2 === 0 ? low : low + 1, low + 1]);
    expect(round(-middle - near, -middle)).toEqual([0x8000 + low + 1, 0x8000 + (low % 2 === 0 ? low : low + 1)]);
  }
});

// numpy 2.5.5: np.float32([1, -2, 65504, 65519, 65520, 6e-8, 2.9e-8,
// 1/3]).astype(np.float16).view(np.uint16)
test("values are those of another implementation", () => {
  expect(round(1, -2, 65_504, 65_519, 65_520, 6e-8, 2.9e-8, 1 / 3)).toEqual([15360, 49152, 31743, 31743, 31744, 1, 0, 13653]);
  expect(round(Number.NaN, Number.NEGATIVE_INFINITY, -0)).toEqual([0x7e00, 0xfc00, 0x8000]);
});
