import { InvalidArgumentError } from "commander";

/** Parses a whole number of at least `min`. */
export function wholeNumber(min: number, max = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
    throw new InvalidArgumentError(`expected a whole number ${range}`);
  };
}

/** Parses a probability. */
export function probability(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("expected a number from 0 to 1");
  return value;
}

/** Parses a share between 0 and 1, both excluded. */
export function properShare(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value > 0 && value < 1)) throw new InvalidArgumentError("expected a number between 0 and 1");
  return value;
}

/** Parses names of a set, separated by commas. */
export function namesOf<const Name extends string>(known: readonly Name[]): (text: string) => readonly Name[] {
  return (text) => {
    const names = nameList(text);
    const wrong = names.find((name) => !known.some((each) => each === name));
    if (wrong !== undefined) throw new InvalidArgumentError(`expected ${known.join(" or ")}, found ${wrong}`);
    return names as readonly Name[];
  };
}

/** Parses names separated by commas. */
export function nameList(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.includes("")) throw new InvalidArgumentError("expected names separated by commas");
  return names;
}

/** Parses seeds separated by commas. */
export function seedList(text: string): readonly number[] {
  const seeds = nameList(text).map(Number);
  if (!seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)) {
    throw new InvalidArgumentError("expected whole numbers separated by commas");
  }
  return seeds;
}

/** Parses `sentence=text,head=subject`: what a column holds, and its name. */
export function columnMap(text: string): Readonly<Record<string, string>> {
  const pairs = text.split(",").map((pair) => /^\s*([^=]+?)\s*=(.+)$/.exec(pair));
  if (pairs.includes(null)) throw new InvalidArgumentError("expected what=column, with commas between");
  return Object.fromEntries(pairs.map((pair) => [pair?.[1], pair?.[2]?.trim()]));
}

/** Parses half-open bytes, `start:end`; either may be missing. */
export function byteRange(text: string): { readonly start: number; readonly end?: number } {
  const [, from = "", to = ""] = /^(\d*):(\d*)$/.exec(text) ?? [];
  const start = Number(from);
  const end = to === "" ? undefined : Number(to);
  const valid = (from !== "" || to !== "") && [start, end ?? start].every(Number.isSafeInteger) && (end ?? start) >= start;
  if (!valid) throw new InvalidArgumentError("expected bytes as start:end, such as 0:1000000");
  return end === undefined ? { start } : { start, end };
}

/** Parses a number of at least `min`. */
export function decimalNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && value >= min) return value;
    throw new InvalidArgumentError(`expected a number of at least ${min}`);
  };
}

/** Parses a time such as `90s`, `30m`, `2h` or `1h30m` into milliseconds. */
export function duration(text: string): number {
  const [, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text.trim()) ?? [];
  const total = 3600 * Number(hours ?? 0) + 60 * Number(minutes ?? 0) + Number(seconds ?? 0);
  if (total > 0 && total <= 30 * 24 * 3600) return 1000 * total;
  throw new InvalidArgumentError("expected a time such as 90s, 30m, 2h or 1h30m");
}
