import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const entries = ["index.ts", "testing/index.ts"];
const pathOf = (entry: string): string => fileURLToPath(new URL(entry, import.meta.url));
const program = ts.createProgram(entries.map(pathOf), {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  noLib: true,
  types: [],
});
const checker = program.getTypeChecker();

test.each(entries)("every export of %s says what it is", (entry) => {
  const file = program.getSourceFile(pathOf(entry));
  const module = file && checker.getSymbolAtLocation(file);
  const exported = module === undefined ? [] : exportsOf(module);
  expect(exported.length).toBeGreaterThan(5);
  expect(exported.filter((symbol) => symbol.getDocumentationComment(checker).length === 0).map(({ name }) => name)).toEqual([]);
});

/** What a module exports; a namespace such as `operations` stands for what it holds. */
function exportsOf(module: ts.Symbol): ts.Symbol[] {
  return checker.getExportsOfModule(module).flatMap((symbol) => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return target.flags & ts.SymbolFlags.ValueModule ? exportsOf(target) : [target];
  });
}
