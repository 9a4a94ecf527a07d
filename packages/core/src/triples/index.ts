export {
  collectTriples,
  type ModelIdentity,
  type TripleFormat,
  type TripleOptions,
  type TripleSink,
  type TripleWriter,
} from "./format.ts";
export { portableTripleFormats } from "./formats.ts";
export * from "./names.ts";
export { RecentSet } from "./recent-set.ts";
export { type Mention, type Statement, type Statements, statementsOf } from "./statements.ts";
export { rounded, type TripleRow, tripleColumns, tripleRows } from "./table.ts";
