import type { AddressParameter, Descriptor } from "./contract/descriptor.ts";
import type { CallValues } from "./contract/extent.ts";
import { contract } from "./contract/index.ts";
import type { KernelName, Kernels } from "./kernels.ts";
import type { LinearMemory } from "./linear-memory.ts";

/** Below lie the counters of the heap and the constants of the kernels. */
const firstByte = 1024;

type AnyCall = Readonly<Record<string, number>>;

/**
 * The same kernels, which look at every call before they run it: each field is there, each address
 * range lies in the memory, and nothing that a kernel writes overlaps anything else of the call.
 * For tests and for people who write operations; it makes small calls several times slower.
 *
 * @throws {RangeError} from a call that breaks the contract; the kernel does not run then
 */
export function checkedKernels(kernels: Kernels, memory: LinearMemory): Kernels {
  const checked = Object.entries(contract).map(([name, descriptor]) => {
    const run = kernels[name as KernelName] as unknown as (call: AnyCall) => number | undefined;
    return [
      name,
      (call: AnyCall) => {
        for (const problem of problemsOf(descriptor, call, memory)) throw new RangeError(`${name}: ${problem}`);
        return run(call);
      },
    ];
  });
  return Object.fromEntries(checked) as Kernels;
}

/** Bytes of a memory that a call touches: `from` up to, not including, `to`. */
export interface Range {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly written: boolean;
}

/** The bytes that a call touches according to the contract. */
export function rangesOf(name: KernelName, call: AnyCall, memory: LinearMemory): Range[] {
  const { parameters }: Descriptor = contract[name];
  const values = valuesOf(parameters, call, memory);
  return parameters.flatMap((parameter) => {
    if (parameter.kind !== "address") return [];
    return rangeOf(parameter, call[parameter.name] ?? 0, values) ?? [];
  });
}

function* problemsOf({ parameters }: Descriptor, call: AnyCall, memory: LinearMemory): Generator<string> {
  const values = valuesOf(parameters, call, memory);
  const ranges: Range[] = [];
  for (const parameter of parameters) {
    const { name, kind } = parameter;
    const value = call[name];
    if (value === undefined) yield `${name} is missing`;
    else if (kind === "address") {
      const range = rangeOf(parameter, value, values);
      if (range === undefined) continue;
      yield* misplaced(parameter, range, memory.buffer.byteLength);
      ranges.push(range);
    } else if (kind !== "scalar" && !Number.isInteger(value)) yield `${name} is ${value}, which is no whole number`;
    else if ((kind === "count" || kind === "stride") && value < 0) yield `${name} is ${value}, below 0`;
    else if (kind === "flag" && value !== 0 && value !== 1) yield `${name} is ${value}, not 0 or 1`;
  }
  for (const [k, x] of ranges.entries()) {
    for (const y of ranges.slice(k + 1)) {
      if ((x.written || y.written) && x.from < y.to && y.from < x.to) yield `${x.name} and ${y.name} overlap`;
    }
  }
}

function valuesOf(parameters: Descriptor["parameters"], call: AnyCall, memory: LinearMemory): CallValues {
  const values: CallValues = {
    number: (name) => call[name] ?? 0,
    integers: (name) => {
      const list = parameters.find((parameter) => parameter.name === name);
      const cells = list?.kind === "address" ? list.extent.cells(values) : 0;
      return new Int32Array(memory.buffer, cells === 0 ? 0 : call[name], cells);
    },
  };
  return values;
}

/** Nothing of an empty range is touched, so it may lie anywhere. */
function rangeOf({ name, role, optional, extent }: AddressParameter, at: number, values: CallValues): Range | undefined {
  if (at === 0 && optional) return undefined;
  const cells = extent.cells(values);
  return cells === 0 ? undefined : { name, from: at, to: at + cells * 4, written: role !== "input" };
}

function* misplaced({ name, optional }: AddressParameter, { from, to }: Range, memoryBytes: number): Generator<string> {
  if (from === 0) yield `${name} is 0, but it needs ${to / 4} cells`;
  else if (from % 4 !== 0) yield `${name} is ${from}, which is no multiple of 4`;
  else if (from < firstByte) yield `${name} is ${from}, where no matrix lies${optional ? "; 0 stands for none" : ""}`;
  else if (to > memoryBytes) yield `${name} reaches byte ${to}, past the ${memoryBytes} bytes of the memory`;
}
