import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** An export of a package, and whether it has a docstring. */
export interface Exported {
  readonly name: string;
  readonly kind: "value" | "type";
  readonly documented: boolean;
}

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, string | { readonly "weft-source"?: string }>>;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The source file of every entry of every package, by its import name. */
export const entries: ReadonlyMap<string, string> = new Map(
  readdirSync(join(root, "packages")).flatMap((folder) => {
    const file = join(root, "packages", folder, "package.json");
    if (!existsSync(file)) return [];
    const { name, exports = {} } = JSON.parse(readFileSync(file, "utf8")) as Manifest;
    // An entry without a source is a bundle or a file of data, with tests of its own.
    return Object.entries(exports).flatMap(([path, entry]): [string, string][] => {
      const source = typeof entry === "string" ? undefined : entry["weft-source"];
      if (source === undefined) return [];
      return [[path === "." ? name : `${name}/${path.slice(2)}`, join(root, "packages", folder, source)]];
    });
  }),
);

/** The exports of every entry, sorted by name. */
export function exportsOfEntries(): ReadonlyMap<string, readonly Exported[]> {
  const program = ts.createProgram([...entries.values()], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    customConditions: ["weft-source"],
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
  });
  const checker = program.getTypeChecker();
  return new Map(
    [...entries].map(([name, file]) => {
      const source = program.getSourceFile(file);
      const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
      const symbols = module === undefined ? [] : checker.getExportsOfModule(module);
      const found = symbols.map((symbol) => describe(checker, symbol)).sort((a, b) => (a.name < b.name ? -1 : 1));
      return [name, found];
    }),
  );
}

function describe(checker: ts.TypeChecker, symbol: ts.Symbol): Exported {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return {
    name: symbol.name,
    kind: target.flags & ts.SymbolFlags.Value ? "value" : "type",
    documented: target.getDocumentationComment(checker).length > 0 || isDocumentedModule(target),
  };
}

/** A namespace is a whole file, which says what it is at its top. */
function isDocumentedModule({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((declaration) => ts.isSourceFile(declaration) && /^\/\*\*[^]*?@module/.test(declaration.text));
}
