/**
 * Which classes count, in gold and prediction alike; all unless said. A relation keeps its
 * arguments whatever their class.
 */
export interface TypeChoice {
  /** Classes that do not count, such as "Other" of a macro average. */
  readonly ignoredTypes?: readonly string[] | undefined;
  /**
   * The only classes that count, those of relations and those of entities in one list; empty is
   * all.
   */
  readonly onlyTypes?: readonly string[] | undefined;
}

/** Whether a class counts. */
export type CountsType = (type: string) => boolean;

/** The choice as a question; a class that is named in both lists does not count. */
export function countedTypes({ ignoredTypes = [], onlyTypes = [] }: TypeChoice = {}): CountsType {
  const ignored = new Set(ignoredTypes);
  const only = new Set(onlyTypes);
  return (type) => !ignored.has(type) && (only.size === 0 || only.has(type));
}
