import fc from "fast-check";
import { expect, test } from "vitest";
import { ArchiveError } from "../errors.ts";
import {
  readSafetensors,
  readSafetensorsIndex,
  type SafetensorsFile,
  type StoredTensor,
  safetensorsHeaderBytes,
  tensorFloats,
  writeSafetensors,
} from "./index.ts";

const tensor = (shape: number[], ...values: number[]): StoredTensor => ({ shape, values: Float32Array.from(values) });

/** A file with this header, padded as it is, and so many bytes of data. */
function fileOf(header: unknown, dataBytes = 0): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + dataBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  return file;
}

const entry = (shape: unknown, ...offsets: unknown[]) => ({ dtype: "F32", shape, data_offsets: offsets });

function refusal(file: Uint8Array): string {
  try {
    readSafetensors(file, "m.safetensors");
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    expect(error).toMatchObject({ code: "ARCHIVE_INVALID", at: { source: "m.safetensors" } });
    expect(error.hint).toBeDefined();
    return error.summary;
  }
  throw new Error("the file was taken");
}

test("16-bit floats take half the space, and are the nearest to the numbers", () => {
  const tensors = new Map([["a", tensor([2, 2], 1, -0.333251953125, 1 / 3, 70_000)]]);
  const file = writeSafetensors({ tensors, metadata: {} }, "F16");
  expect(writeSafetensors({ tensors, metadata: {} }).length - file.length).toBe(8);
  const read = readSafetensors(file, "m.safetensors").tensors.get("a");
  expect(read?.shape).toEqual([2, 2]);
  expect([...(read?.values ?? [])]).toEqual([1, -0.333251953125, 0.333251953125, Number.POSITIVE_INFINITY]);
});

const arbitraryTensor = fc.array(fc.nat(4), { maxLength: 3 }).chain((shape) => {
  const count = shape.reduce((product, size) => product * size, 1);
  return fc.float32Array({ minLength: count, maxLength: count }).map((values) => ({ shape, values }));
});

const arbitraryFile: fc.Arbitrary<SafetensorsFile> = fc.record({
  tensors: fc
    .array(fc.tuple(fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "ü/𝄞")), arbitraryTensor), { maxLength: 4 })
    .map((entries) => new Map(entries.filter(([name]) => name !== "__metadata__"))),
  metadata: fc
    .array(fc.tuple(fc.constantFrom("format", "__proto__", "note"), fc.string()), { maxLength: 3 })
    .map((entries) => Object.fromEntries(entries)),
});

test("what is written is read, whatever the names and the numbers", () => {
  fc.assert(
    fc.property(arbitraryFile, (file) => {
      const found = readSafetensors(writeSafetensors(file), "m");
      expect(found.tensors).toEqual(file.tensors);
      expect(new Map(Object.entries(found.metadata))).toEqual(new Map(Object.entries(file.metadata)));
    }),
    { numRuns: 60 },
  );
});

test("the bytes are those that the format describes", () => {
  const file = writeSafetensors({
    tensors: new Map([
      ["b", tensor([1], 2)],
      ["a", tensor([1, 2], 1, -1)],
    ]),
    metadata: { k: "v" },
  });
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  expect(JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)))).toEqual({
    __metadata__: { k: "v" },
    a: entry([1, 2], 0, 8),
    b: entry([1], 8, 12),
  });
  expect(new Float32Array(file.slice(8 + length).buffer)).toEqual(Float32Array.of(1, -1, 2));
});

test("a file inside a larger buffer is read where it lies", () => {
  const file = writeSafetensors({ tensors: new Map([["a", tensor([2], 3, 4)]]), metadata: {} });
  const buffer = new Uint8Array(file.length + 3);
  buffer.set(file, 3);
  expect(readSafetensors(buffer.subarray(3), "m").tensors.get("a")).toEqual(tensor([2], 3, 4));
});

test("any change of any byte is refused or gives a whole result", () => {
  const file = writeSafetensors({
    tensors: new Map([
      ["a", tensor([2, 2], 1, 2, 3, 4)],
      ["b", tensor([1], 5)],
    ]),
    metadata: { n: "1" },
  });
  const change = fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(change, (changes) => {
      const broken = file.slice();
      for (const [at, value] of changes) broken[at] = value;
      expectWhole(broken);
    }),
    { numRuns: 500 },
  );
});

test("any bytes, and any header, are refused or give a whole result", () => {
  const size = fc.oneof(fc.integer({ min: -9, max: 40 }), fc.constantFrom(2 ** 53, 1e300, 0.5, null, "4"));
  const hostile = fc.dictionary(
    fc.constantFrom("a", "__proto__", "__metadata__", "toString"),
    fc.oneof(
      fc.jsonValue(),
      fc.record({ dtype: fc.constantFrom("F32", "F16", 3), shape: fc.array(size), data_offsets: fc.tuple(size, size) }),
    ),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), expectWhole), { numRuns: 200 });
  fc.assert(
    fc.property(hostile, fc.nat(40), (header, bytes) => expectWhole(fileOf(header, bytes))),
    { numRuns: 500 },
  );
});

function expectWhole(file: Uint8Array): void {
  try {
    const { tensors } = readSafetensors(file, "m");
    for (const { shape, values } of tensors.values()) {
      expect(values.length).toBe(shape.reduce((product, size) => product * size, 1));
    }
  } catch (error) {
    expect(error).toBeInstanceOf(ArchiveError);
  }
}

test("a file that is cut off anywhere is refused", () => {
  const file = writeSafetensors({ tensors: new Map([["a", tensor([3], 1, 2, 3)]]), metadata: {} });
  for (let length = 0; length < file.length; length++) refusal(file.subarray(0, length));
  expect(refusal(file.subarray(0, file.length - 1))).toBe("the data should take 12 bytes, but there are 11");
  expect(refusal(file.subarray(0, 5))).toContain("at least 8 bytes, this one has 5");
});

test.each<[string, Uint8Array, string]>([
  ["a header longer than the file", fileOf("{}").fill(0xff, 0, 1), "the header should take 255 bytes, but the file has 10"],
  ["a header of 2^63 bytes", fileOf("{}").fill(0x7f, 0, 8), "the header should take 91872019504357"],
  ["a header that ends too soon", fileOf('{"a":1}').fill(3, 0, 1), "the header is not valid JSON"],
  ["a header that is no text", fileOf("{}xx").fill(0xff, 8, 10), "the header is not valid JSON"],
  ["a list", fileOf([]), "the header is not a JSON object"],
  ["null", fileOf("null"), "the header is not a JSON object"],
  ["no entry", fileOf({ a: 3 }), "the entry of a is not { dtype, shape, data_offsets }"],
  ["integers", fileOf({ a: { ...entry([1], 0, 8), dtype: "I64" } }, 8), "a has the type I64, expected F32, F16 or BF16"],
  ["too few bytes", fileOf({ a: entry([2], 0, 4) }, 4), "a has 4 bytes for 2 numbers"],
  ["a shape beyond all numbers", fileOf({ a: entry([1e15, 1e15, 1e300], 0, 4) }, 4), "the entry of a is not"],
  ["a negative offset", fileOf({ a: entry([1], -4, 0) }), "the entry of a is not"],
  ["an end before the start", fileOf({ a: entry([1], 4, 0) }, 4), "the entry of a is not"],
  [
    "two tensors in one place",
    fileOf({ a: entry([1], 0, 4), b: entry([1], 0, 4) }, 4),
    "b starts at byte 0 of the data, expected byte 4",
  ],
  [
    "tensors that overlap",
    fileOf({ a: entry([2], 0, 8), b: entry([1], 4, 8) }, 8),
    "b starts at byte 4 of the data, expected byte 8",
  ],
  ["a gap", fileOf({ a: entry([1], 0, 4), b: entry([1], 8, 12) }, 12), "b starts at byte 8 of the data, expected byte 4"],
  ["more data than tensors", fileOf({ a: entry([1], 0, 4) }, 8), "the data should take 4 bytes, but there are 8"],
])("%s is refused", (_, file, message) => {
  expect(refusal(file)).toContain(message);
});

test("names that objects have of their own are names like others", () => {
  const header = `{"__metadata__":{"__proto__":"x","n":1},"__proto__":${JSON.stringify(entry([1], 0, 4))}}`;
  const { tensors, metadata } = readSafetensors(fileOf(header, 4), "m");
  expect([...tensors.keys()]).toEqual(["__proto__"]);
  expect(Object.entries(metadata)).toEqual([["__proto__", "x"]]);
  expect(Object.getPrototypeOf(tensors.get("__proto__"))).toBe(Object.prototype);
});

test("a buffer of Node is read like any other bytes", () => {
  const file = writeSafetensors({
    tensors: new Map([
      ["a", tensor([1], 2)],
      ["b", tensor([2], 3, 4)],
    ]),
    metadata: {},
  });
  expect(readSafetensors(Buffer.from(file), "m")).toEqual(readSafetensors(file, "m"));
});

test("single arrays are read by their place, with numbers of 16 or 32 bits", () => {
  const header = {
    half: { dtype: "F16", shape: [2], data_offsets: [0, 4] },
    brain: { dtype: "BF16", shape: [2], data_offsets: [4, 8] },
    ids: { dtype: "I64", shape: [1], data_offsets: [8, 16] },
  };
  const file = fileOf(header, 16);
  const { tensors } = readSafetensorsIndex(file.subarray(0, safetensorsHeaderBytes(file, file.length, "m")), file.length, "m");
  const floats = (name: string): number[] => {
    const place = tensors.get(name) ?? { dtype: "", shape: [], start: 0, end: 0 };
    return [...tensorFloats(name, place, file.subarray(place.start, place.end), "m")];
  };
  const data = new DataView(file.buffer, file.length - 16);
  data.setUint16(0, 0x3555, true);
  data.setUint16(2, 0xc000, true);
  data.setUint16(4, 0x3eab, true);
  data.setUint16(6, 0xc000, true);
  expect(floats("half")).toEqual([0.333251953125, -2]);
  expect(floats("brain")).toEqual([0.333984375, -2]);
  expect(() => floats("ids")).toThrow("ids has the type I64, expected F32, F16 or BF16");
});
