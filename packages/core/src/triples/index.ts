export * from "./names.ts";
export { portableTripleFormats } from "./portable-formats.ts";
export { RecentSet } from "./recent-set.ts";
export { type Mention, type Statement, type Statements, statementsOf } from "./statements.ts";
export { rounded, type TripleRow, tripleColumns, tripleRows } from "./table.ts";
export {
  collectTriples,
  type ModelIdentity,
  type TripleFormat,
  type TripleOptions,
  type TripleSink,
  type TripleWriter,
} from "./triple-format.ts";
