import type { Extent } from "./extent.ts";

/**
 * What the cells at an address hold. A `word` is 32 bits of either kind, as a record mixes them.
 */
type Element = "f32" | "i32" | "word";

/**
 * What a kernel does with the cells at an address. `scratch` holds nothing before the call, and
 * nothing of use after it.
 */
type Role = "input" | "output" | "inOut" | "scratch";

/**
 * A number that a call passes as it is. Counts and strides count cells and are never negative;
 * a flag is 0 or 1; an integer may have any sign; a scalar is rounded to a 32-bit float.
 */
export interface NumberParameter<Name extends string = string> {
  readonly name: Name;
  readonly kind: "count" | "stride" | "flag" | "integer" | "scalar";
}

/**
 * A count of items that know nothing of each other: each has the same bits alone as in any batch,
 * at any place in it. The contract suite runs every case once whole and once item by item.
 */
export interface ItemsParameter<Name extends string = string> extends NumberParameter<Name> {
  readonly kind: "count";
  /** How many of the count make one item: 1, or 4 for cells that are computed in fours. */
  readonly piece: number;
}

/** Cells in linear memory, named by the address of the first one in bytes. */
export interface AddressParameter<Name extends string = string> {
  readonly name: Name;
  readonly kind: "address";
  readonly role: Role;
  readonly element: Element;
  /** Whether 0 may stand for "none". */
  readonly optional: boolean;
  /**
   * The flag that decides whether what is there is added to; without it, or at 1, an `inOut` is
   * read too.
   */
  readonly accumulates?: string;
  readonly extent: Extent;
}

export type Parameter<Name extends string = string> = NumberParameter<Name> | ItemsParameter<Name> | AddressParameter<Name>;

/**
 * What a kernel returns; its parameters stand in the order in which a positional call passes them.
 */
export interface Descriptor<
  Parameters extends readonly Parameter[] = readonly Parameter[],
  Returns extends "nothing" | "i32" | "f32" | "f64" = "nothing" | "i32" | "f32" | "f64",
> {
  /** What it computes, as a formula where one says it. */
  readonly does: string;
  readonly parameters: Parameters;
  readonly returns: Returns;
}

/** The fields of a call. */
type CallOf<D extends Descriptor> = { readonly [P in D["parameters"][number] as P["name"]]: number };

type ResultOf<D extends Descriptor> = D["returns"] extends "nothing" ? void : number;

/** The kernels of a table, called by named fields. */
export type KernelsOf<Table extends Readonly<Record<string, Descriptor>>> = {
  readonly [Name in keyof Table]: (call: CallOf<Table[Name]>) => ResultOf<Table[Name]>;
};

/**
 * The same kernels as a WebAssembly module or a native library exports them: one argument a
 * parameter, in order.
 */
export type PositionalKernelsOf<Table extends Readonly<Record<string, Descriptor>>> = {
  readonly [Name in keyof Table]: (...values: Numbers<Table[Name]["parameters"]>) => ResultOf<Table[Name]>;
};

type Numbers<Parameters extends readonly Parameter[]> = { [K in keyof Parameters]: number };

/** Parameters with a count of items; without one the type names the way out. */
type WithItems<Parameters extends readonly Parameter[]> =
  Extract<Parameters[number], ItemsParameter> extends never ? "one count must be items(…), or use jointKernel" : Parameters;

/** A kernel over items that know nothing of each other; one of its counts is `items(…)`. */
export function kernel<const Parameters extends readonly Parameter[]>(
  does: string,
  parameters: Parameters & WithItems<Parameters>,
): Descriptor<Parameters, "nothing"> {
  return { does, parameters, returns: "nothing" };
}

/** A kernel that sums over what it counts, or whose results see each other's inputs. */
export function jointKernel<const Parameters extends readonly Parameter[]>(
  does: string,
  parameters: Parameters,
): Descriptor<Parameters, "nothing">;
export function jointKernel<const Parameters extends readonly Parameter[], Returns extends "i32" | "f32" | "f64">(
  does: string,
  parameters: Parameters,
  returns: Returns,
): Descriptor<Parameters, Returns>;
export function jointKernel(
  does: string,
  parameters: readonly Parameter[],
  returns: Descriptor["returns"] = "nothing",
): Descriptor {
  return { does, parameters, returns };
}

export function count<Name extends string>(name: Name): NumberParameter<Name> {
  return { name, kind: "count" };
}

/** The count whose items are independent, in pieces of `piece`. */
export function items<Name extends string>(name: Name, piece = 1): ItemsParameter<Name> {
  return { name, kind: "count", piece };
}

export function stride<Name extends string>(name: Name): NumberParameter<Name> {
  return { name, kind: "stride" };
}

export function flag<Name extends string>(name: Name): NumberParameter<Name> {
  return { name, kind: "flag" };
}

export function integer<Name extends string>(name: Name): NumberParameter<Name> {
  return { name, kind: "integer" };
}

export function scalar<Name extends string>(name: Name): NumberParameter<Name> {
  return { name, kind: "scalar" };
}

type Mark = "i32" | "word" | "optional";

/** Read only. */
export function input<Name extends string>(name: Name, extent: Extent, ...marks: readonly Mark[]): AddressParameter<Name> {
  return address(name, "input", extent, marks);
}

/** Written over, whatever it held. */
export function output<Name extends string>(name: Name, extent: Extent, ...marks: readonly Mark[]): AddressParameter<Name> {
  return address(name, "output", extent, marks);
}

/** Read, then changed. */
export function inOut<Name extends string>(name: Name, extent: Extent, ...marks: readonly Mark[]): AddressParameter<Name> {
  return address(name, "inOut", extent, marks);
}

/** Added to if the flag of this name is 1, and written over if it is 0. */
export function accumulated<Name extends string>(name: Name, extent: Extent, accumulates: string): AddressParameter<Name> {
  return { ...address(name, "inOut", extent, []), accumulates };
}

/** Working space. */
export function scratch<Name extends string>(name: Name, extent: Extent): AddressParameter<Name> {
  return address(name, "scratch", extent, []);
}

function address<Name extends string>(name: Name, role: Role, extent: Extent, marks: readonly Mark[]): AddressParameter<Name> {
  const element = marks.includes("i32") ? "i32" : marks.includes("word") ? "word" : "f32";
  return { name, kind: "address", role, element, optional: marks.includes("optional"), extent };
}
