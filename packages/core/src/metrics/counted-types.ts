/**
 * Which classes count, in gold and prediction. Defaults to all. Relations keep their arguments,
 * whatever their class.
 */
export interface TypeChoice {
  /** Classes to exclude, such as "Other" from a macro average. */
  readonly ignoredTypes?: readonly string[] | undefined;
  /** The only classes to count, relation types and entity types in one list; empty means all. */
  readonly onlyTypes?: readonly string[] | undefined;
}

/** Whether a class counts. */
export type CountsType = (type: string) => boolean;

/** Turns the choice into a predicate. A class in both lists does not count. */
export function countedTypes({ ignoredTypes = [], onlyTypes = [] }: TypeChoice = {}): CountsType {
  const ignored = new Set(ignoredTypes);
  const only = new Set(onlyTypes);
  return (type) => !ignored.has(type) && (only.size === 0 || only.has(type));
}
