import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
// Inside the package, so that the consumer below finds it by its own name.
const folder = mkdtempSync(join(root, "packages/weft/dist/.arcs-consumer-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Named {
  readonly name: string;
}

test("the manifest of custom elements lists the attributes and events of the source, and nothing else", () => {
  const manifest = JSON.parse(readFileSync(join(root, "packages/weft/custom-elements.json"), "utf8")) as {
    readonly modules: readonly [
      { readonly declarations: readonly [Readonly<Record<"attributes" | "events", readonly Named[]>>] },
    ];
  };
  const { attributes, events } = manifest.modules[0].declarations[0];
  const sources = ["weft-arcs", "editing"].map((name) => readFileSync(join(root, `apps/web/src/weft-arcs/${name}.ts`), "utf8"));
  const source = sources.join("\n");
  const [, observed = ""] = /observedAttributes = \[([^\]]*)\]/.exec(source) ?? [];
  const read = [...source.matchAll(/(?:get|has)Attribute\("([\w-]+)"\)|\bmin\("([\w-]+)"\)/g)].map(
    ([, one, other]) => one ?? other,
  );
  const ownAttributes = new Set<string | undefined>([...observed.matchAll(/"([\w-]+)"/g)].map(([, name]) => name).concat(read));
  // Set by the element on its own parts.
  for (const inner of ["tabindex", "aria-label"]) ownAttributes.delete(inner);
  expect(new Set(attributes.map(({ name }) => name))).toEqual(ownAttributes);
  const fired = new Set([...source.matchAll(/"(weft-(?!arcs)\w+)"/g)].map(([, name]) => name));
  expect(new Set(events.map(({ name }) => name))).toEqual(fired);
});

test("weft-nlp/arcs has types for the element, its properties and its events", () => {
  const program = `
    import { WeftArcs, type EditEvents, type PartDetail } from "weft-nlp/arcs";
    const drawing: WeftArcs = document.createElement("weft-arcs");
    drawing.document = { tokens: ["Ada"], entities: [{ start: 0, end: 1, type: "PER" }], relations: [] };
    drawing.words = { anchor: 0, cursor: 0 };
    // @ts-expect-error: a place, not a name
    drawing.words = "Ada";
    const detail: EditEvents["weft-mark"] = { start: 0, end: 1, entity: null };
    const part: PartDetail = { kind: "entity", index: detail.start };
    export { part };
  `;
  writeFileSync(join(folder, "consumer.ts"), program);
  const options = {
    compilerOptions: {
      ...{ target: "ES2023", module: "ESNext", moduleResolution: "Bundler", lib: ["ES2023", "DOM"], types: [] },
      ...{ strict: true, noEmit: true },
    },
    files: ["consumer.ts"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(options));
  const compiler = join(root, "node_modules/tsc7/bin/tsc");
  expect(execFileSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8", stdio: "pipe" })).toBe("");
});

test("a server that renders pages can import the element", () => {
  const script = `const { WeftArcs } = await import(${JSON.stringify(new URL("packages/weft/dist/arcs/weft-arcs.js", `file://${root}`))}); console.log(typeof WeftArcs)`;
  const said = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(said).toBe("function\n");
});
