/**
 * The part of `zod` that the schemas of models use, in 2 kB. The bundle for the browser has it in
 * zod's place, so that `weft-nlp/browser` checks the files of a model by the same schemas as Node.
 * It takes and refuses the same values with the same words; a test compares the two.
 */

/** What is wrong with a value, and where in it. */
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Whether the value is of another kind, so that further checks of it mean nothing. */
  readonly stops: boolean;
}

/** A value as its schema returns it, with what is wrong with it. */
interface Read {
  readonly value: unknown;
  readonly issues: readonly Issue[];
}

type Reader = (value: unknown) => Read;
type Shape = Readonly<Record<string, Schema>>;
/** How a check of a number, a string or a list names what it measures. */
type Measured = "number" | "string" | "array";

/** Something that a transformation can report. */
interface Context {
  addIssue(issue: { readonly message: string; readonly path?: readonly PropertyKey[] }): void;
}

interface Traits {
  /** Whether an object may lack it. */
  readonly absent?: boolean | undefined;
  readonly measured?: Measured | undefined;
  /** The only values it takes, if they can be listed. */
  readonly values?: readonly unknown[] | undefined;
  /** Of an object: its fields, and what happens to others. */
  readonly fields?: Shape | undefined;
  readonly others?: Others | undefined;
}

type Others = "refused" | "kept" | "dropped";

class Schema {
  readonly read: Reader;
  readonly traits: Traits;

  constructor(read: Reader, traits: Traits = {}) {
    this.read = read;
    this.traits = traits;
  }

  describe(_words: string): Schema {
    return this;
  }

  default(standard: unknown): Schema {
    return new Schema((value) => (value === undefined ? right(standard) : this.read(value)), { ...this.traits, absent: true });
  }

  prefault(standard: unknown): Schema {
    return new Schema((value) => this.read(value === undefined ? standard : value), { ...this.traits, absent: true });
  }

  optional(): Schema {
    return new Schema((value) => (value === undefined ? right(value) : this.read(value)), { ...this.traits, absent: true });
  }

  min(least: number): Schema {
    return this.#limited("Too small", ">=", least, (size) => size >= least);
  }

  max(most: number): Schema {
    return this.#limited("Too big", "<=", most, (size) => size <= most);
  }

  lt(bound: number): Schema {
    return this.#limited("Too big", "<", bound, (size) => size < bound);
  }

  positive(): Schema {
    return this.#limited("Too small", ">", 0, (size) => size > 0);
  }

  regex(pattern: RegExp, message = `Invalid string: must match pattern ${String(pattern)}`): Schema {
    return this.#checked((value) => (typeof value !== "string" || pattern.test(value) ? undefined : message));
  }

  refine(holds: (value: never) => unknown, message = "Invalid input"): Schema {
    return this.#checked((value) => (holds(value as never) ? undefined : message));
  }

  transform(change: (value: never, context: Context) => unknown): Schema {
    return new Schema((given) => {
      const { value, issues } = this.read(given);
      if (issues.length > 0) return { value, issues };
      const found: Issue[] = [];
      const context: Context = { addIssue: ({ message, path = [] }) => void found.push({ message, path, stops: true }) };
      return { value: change(value as never, context), issues: found };
    }, this.traits);
  }

  extend(more: Shape): Schema {
    return objectOf({ ...this.traits.fields, ...more }, this.traits.others);
  }

  omit(names: Readonly<Record<string, true>>): Schema {
    const kept = Object.entries(this.traits.fields ?? {}).filter(([name]) => names[name] !== true);
    return objectOf(Object.fromEntries(kept), this.traits.others);
  }

  safeParse(given: unknown): { success: boolean; data?: unknown; error?: { issues: readonly Issue[] } } {
    const { value, issues } = this.read(given);
    return issues.length === 0 ? { success: true, data: value } : { success: false, error: { issues } };
  }

  parse(given: unknown): unknown {
    const { value, issues } = this.read(given);
    if (issues.length > 0) throw new TypeError(issues.map(({ message }) => message).join("\n"));
    return value;
  }

  /** With a check of values that are of the right kind. */
  #checked(fault: (value: unknown) => string | undefined): Schema {
    return new Schema((given) => {
      const { value, issues } = this.read(given);
      const message = issues.some(({ stops }) => stops) ? undefined : fault(value);
      return message === undefined ? { value, issues } : { value, issues: [...issues, { path: [], message, stops: false }] };
    }, this.traits);
  }

  #limited(what: string, sign: string, bound: number, fits: (size: number) => boolean): Schema {
    const { measured = "number" } = this.traits;
    const unit = measured === "string" ? " characters" : " items";
    const words = measured === "number" ? `be ${sign}${bound}` : `have ${sign}${bound}${unit}`;
    return this.#checked((value) =>
      fits(measured === "number" ? (value as number) : (value as { length: number }).length)
        ? undefined
        : `${what}: expected ${measured} to ${words}`,
    );
  }
}

export const NEVER = undefined;

export const unknown = (): Schema => new Schema(right);
export const string = (): Schema => kind("string", (value) => typeof value === "string", "string");
export const boolean = (): Schema => kind("boolean", (value) => typeof value === "boolean");
export const number = (): Schema => kind("number", Number.isFinite, "number");

/** An integer that a float holds exactly. */
export function int(): Schema {
  const most = Number.MAX_SAFE_INTEGER;
  return new Schema(
    (value) => {
      const { issues } = number().read(value);
      if (issues.length > 0) return { value, issues };
      const whole = value as number;
      if (!Number.isInteger(whole)) return wrong(whole, "Invalid input: expected int, received number");
      if (Math.abs(whole) <= most) return right(whole);
      const message = whole > 0 ? `Too big: expected int to be <=${most}` : `Too small: expected int to be >=-${most}`;
      return { value: whole, issues: [{ path: [], message, stops: false }] };
    },
    { measured: "number" },
  );
}

export function literal(given: unknown): Schema {
  return oneOf(Array.isArray(given) ? given : [given]);
}

function oneOf(values: readonly unknown[]): Schema {
  const written = values.map((value) => (typeof value === "string" ? `"${value}"` : String(value)));
  const message =
    values.length === 1 ? `Invalid input: expected ${written[0]}` : `Invalid option: expected one of ${written.join("|")}`;
  return new Schema((value) => (values.includes(value) ? right(value) : wrong(value, message)), { values });
}

export { oneOf as enum };

/** The value as the first of the schemas that takes it returns it. */
export function union(options: readonly Schema[]): Schema {
  return new Schema((value) => {
    const reads = options.map((option) => option.read(value));
    const taken = reads.find(({ issues }) => issues.length === 0);
    if (taken !== undefined) return taken;
    // If the value is of the kind of one of them alone, that one says what is wrong.
    const near = reads.filter(({ issues }) => !issues.some(({ stops }) => stops));
    return near.length === 1 ? (near[0] as Read) : wrong(value, "Invalid input");
  });
}

/** An object of the schema whose field `name` has its value. */
export function discriminatedUnion(name: string, options: readonly Schema[]): Schema {
  const byValue = new Map(
    options.flatMap((option) => (option.traits.fields?.[name]?.traits.values ?? []).map((value) => [value, option])),
  );
  return new Schema((value) => {
    if (!isObject(value)) return wrong(value, expectedText("object", value));
    const option = byValue.get(value[name]);
    if (option !== undefined) return option.read(value);
    const known = [...byValue.keys()].map((each) => `'${String(each)}'`).join(" | ");
    return { value, issues: [{ path: [name], message: `Invalid discriminator value. Expected ${known}`, stops: true }] };
  });
}

export function array(item: Schema): Schema {
  return new Schema(
    (value) => {
      if (!Array.isArray(value)) return wrong(value, expectedText("array", value));
      const reads = value.map((each) => item.read(each));
      return { value: reads.map((each) => each.value), issues: reads.flatMap(({ issues }, index) => below(index, issues)) };
    },
    { measured: "array" },
  );
}

export function tuple(items: readonly Schema[]): Schema {
  return new Schema((value) => {
    if (!Array.isArray(value)) return wrong(value, expectedText("tuple", value));
    const { length } = items;
    if (value.length < length) return wrong(value, `Too small: expected array to have >=${length} items`);
    if (value.length > length) return wrong(value, `Too big: expected array to have <=${length} items`);
    const reads = items.map((item, index) => item.read(value[index]));
    return { value: reads.map((each) => each.value), issues: reads.flatMap(({ issues }, index) => below(index, issues)) };
  });
}

/** An object with any keys that the schema of keys takes. */
export function record(key: Schema, item: Schema): Schema {
  return new Schema((value) => {
    if (!isObject(value)) return wrong(value, expectedText("record", value));
    const issues: Issue[] = [];
    const strange: string[] = [];
    const found: [string, unknown][] = [];
    for (const [name, each] of Object.entries(value)) {
      if (name === "__proto__") continue;
      if (key.read(name).issues.length > 0) {
        strange.push(name);
        continue;
      }
      const read = item.read(each);
      issues.push(...below(name, read.issues));
      found.push([name, read.value]);
    }
    return { value: Object.fromEntries(found), issues: [...issues, ...unrecognized(strange)] };
  });
}

export { record as partialRecord };

export const object = (fields: Shape): Schema => objectOf(fields, "dropped");
export const strictObject = (fields: Shape): Schema => objectOf(fields, "refused");
export const looseObject = (fields: Shape): Schema => objectOf(fields, "kept");

function objectOf(fields: Shape, others: Others = "dropped"): Schema {
  return new Schema(
    (value) => {
      if (!isObject(value)) return wrong(value, expectedText("object", value));
      const issues: Issue[] = [];
      const found: [string, unknown][] = [];
      for (const [name, field] of Object.entries(fields)) {
        const present = Object.hasOwn(value, name);
        const read = field.read(present ? value[name] : undefined);
        issues.push(...below(name, read.issues));
        if (present || read.value !== undefined) found.push([name, read.value]);
        else if (read.issues.length === 0 && field.traits.absent !== true) {
          issues.push(...below(name, wrong(undefined, expectedText("nonoptional", undefined)).issues));
        }
      }
      const strange = Object.keys(value).filter((name) => !Object.hasOwn(fields, name));
      if (others === "refused") issues.push(...unrecognized(strange));
      if (others === "kept") for (const name of strange) if (name !== "__proto__") found.push([name, value[name]]);
      return { value: Object.fromEntries(found), issues };
    },
    { fields, others },
  );
}

/** A schema that is asked for each time it reads; `schemaFrom` replaces how. */
export function lazy(make: () => Schema): Schema & { readonly _zod: { innerType: Schema } } {
  const internals = {
    get innerType(): Schema {
      return make();
    },
  };
  return Object.assign(new Schema((value) => internals.innerType.read(value)), { _zod: internals });
}

function kind(expected: string, is: (value: unknown) => boolean, measured?: Measured): Schema {
  return new Schema((value) => (is(value) ? right(value) : wrong(value, expectedText(expected, value))), { measured });
}

function expectedText(expected: string, value: unknown): string {
  const received =
    value === null
      ? "null"
      : Array.isArray(value)
        ? "array"
        : typeof value === "number" && !Number.isFinite(value)
          ? String(value)
          : typeof value;
  return `Invalid input: expected ${expected}, received ${received}`;
}

function unrecognized(names: readonly string[]): Issue[] {
  if (names.length === 0) return [];
  const words = names.map((name) => `"${name}"`).join(", ");
  return [{ path: [], message: `Unrecognized key${names.length > 1 ? "s" : ""}: ${words}`, stops: false }];
}

function right(value: unknown): Read {
  return { value, issues: [] };
}

function wrong(value: unknown, message: string): Read {
  return { value, issues: [{ path: [], message, stops: true }] };
}

function below(key: PropertyKey, issues: readonly Issue[]): Issue[] {
  return issues.map((issue) => ({ ...issue, path: [key, ...issue.path] }));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
