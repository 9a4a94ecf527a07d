/**
 * Checks every import in the packages against `layers.mjs`, with dependency-cruiser. Also fails if
 * it saw no module at all, because a check that looks at nothing always passes.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise } from "dependency-cruiser";
import { packages } from "./layers.mjs";

/** Tests, and files that only tests use. */
const testCode = "\\.test\\.ts$|^(packages|apps)/[^/]+/src/testing(/|\\.ts$)";

/** @typedef {import("dependency-cruiser").IForbiddenRuleType} Rule */

const root = fileURLToPath(new URL("..", import.meta.url));
process.chdir(root);

const names = Object.keys(packages);
const problems = [...foldersWithoutRule(), ...(await forbiddenImports())];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** @param {string} name */
function folderOf(name) {
  return packages[name]?.folder ?? `packages/${name}`;
}

function foldersWithoutRule() {
  return Object.entries(packages).flatMap(([name, { layers }]) =>
    readdirSync(join(folderOf(name), "src"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !(entry.name in layers))
      .map((entry) => `${folderOf(name)}/src/${entry.name}: no rule for this folder in scripts/layers.mjs`),
  );
}

async function forbiddenImports() {
  const { output } = await cruise(
    names.map((name) => `${folderOf(name)}/src`),
    {
      ruleSet: { forbidden: [...names.flatMap(rulesOfPackage), ...generalRules()] },
      validate: true,
      doNotFollow: { path: "node_modules" },
      exclude: { path: "/kernels/assembly/" },
      tsPreCompilationDeps: true,
      enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["weft-source", "import", "node", "default"] },
    },
  );
  if (typeof output === "string") throw new Error("dependency-cruiser returned text instead of a result");
  const { totalCruised, violations } = output.summary;
  const seen = output.modules.filter(({ source }) => /^(packages|apps)\/\w+\/src\//.test(source)).length;
  const empty = seen === 0 ? ["no module was seen: the paths in scripts/check-imports.mjs are wrong"] : [];
  console.error(`imports: ${seen} of our modules, ${totalCruised} in all, ${violations.length} violations`);
  return [
    ...empty,
    ...violations.map(({ from, to, rule, cycle }) => {
      const path = cycle === undefined ? to : cycle.map((step) => step.name).join(" → ");
      return `${from} → ${path}: ${rule.name}`;
    }),
  ];
}

/**
 * @param {string} name
 * @returns {Rule[]}
 */
function rulesOfPackage(name) {
  const { uses, base, layers } = packages[name] ?? { uses: [], base: [], layers: {} };
  const source = `^${folderOf(name)}/src/`;
  const strangers = names.filter((other) => other !== name && !uses.includes(other));
  const baseFiles = `${source}(${base.join("|")})\\.tsx?$`;
  return [
    {
      name: `package ${name} does not use this package`,
      severity: "error",
      from: { path: `^${folderOf(name)}/` },
      to: { path: strangers.length > 0 ? `^(${strangers.map(folderOf).join("|")})/` : "^(?!)" },
    },
    {
      name: "the base files of a package import none of its layers",
      severity: "error",
      from: { path: baseFiles },
      to: { path: `${source}(?!(${base.join("|")})\\.tsx?$)` },
    },
    ...Object.entries(layers).map(([layer, allowed]) => layerRule(layer, allowed)),
  ];

  /**
   * @param {string} layer
   * @param {string[]} allowed
   * @returns {Rule}
   */
  function layerRule(layer, allowed) {
    const reachable = [layer, ...allowed];
    return {
      name: `${name}/${layer} may import ${reachable.join(", ")} and the base files`,
      severity: "error",
      from: { path: `${source}${layer}(/|\\.tsx?$)`, pathNot: testCode },
      to: { path: source, pathNot: [`${source}(${reachable.join("|")})(/|\\.tsx?$)`, baseFiles] },
    };
  }
}

/** @returns {Rule[]} */
function generalRules() {
  return [
    { name: "no circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "the import leads nowhere",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "\\.generated\\.ts$" },
    },
    {
      name: "another package is imported by its name",
      severity: "error",
      from: { path: "^(packages|apps)/([^/]+)/" },
      to: { path: "^(packages|apps)/", pathNot: "^$1/$2/", dependencyTypes: ["local"] },
    },
    {
      name: "only tests import tests and their helpers",
      severity: "error",
      from: { pathNot: testCode },
      to: { path: testCode },
    },
    {
      name: "core, tensor and api run everywhere, and page and site in browsers, so they import nothing of Node",
      severity: "error",
      from: { path: "^(packages/(tensor|core|api)|apps/(web|docs))/src/", pathNot: testCode },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "what is imported stands in the package.json of the package",
      severity: "error",
      // What the site is made of is bundled into it, and is no dependency of anything published.
      from: { path: "^(packages|apps)/[^/]+/src/", pathNot: `${testCode}|^apps/docs/` },
      // Optional peers of a package are installed here for the tests.
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "npm-dev"], dependencyTypesNot: ["npm-peer"] },
    },
  ];
}
