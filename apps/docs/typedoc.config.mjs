import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { Converter } from "typedoc";

/**
 * The entries whose exports the reference describes. The rooms of the other packages reach users
 * through those of `weft-nlp`.
 */
const packages = { weft: "all", node: "main", batch: "main", core: "main", tensor: "main" };

const root = fileURLToPath(new URL("../..", import.meta.url));
/** From the name that TypeDoc gives a module, after its source, to the one that programs import. */
const names = new Map(
  Object.entries(packages).flatMap(([folder, which]) => {
    const { name, exports } = JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8"));
    return Object.entries(exports)
      .filter(([path, { "weft-source": source }]) => source !== undefined && (which === "all" || path === "."))
      .map(([path, { "weft-source": source }]) => [posix.join(folder, source), posix.join(name, path)]);
  }),
);

/** @type {Partial<import("typedoc").TypeDocOptions> & { readonly [option: string]: unknown }} */
const options = {
  entryPoints: [...names.keys()].map((source) => `../../packages/${source}`),
  tsconfig: "tsconfig.api.json",
  plugin: ["typedoc-plugin-markdown", nameModules],
  router: "module",
  entryFileName: "index",
  out: "generated/api",
  readme: "none",
  // The compiler checks these sources in the build.
  skipErrorChecking: true,
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  validation: false,
  logLevel: "Error",
  hideBreadcrumbs: true,
  hidePageHeader: true,
  parametersFormat: "table",
  interfacePropertiesFormat: "table",
  propertyMembersFormat: "table",
  typeDeclarationFormat: "table",
  useCodeBlocks: true,
};
export default options;

/**
 * Calls a module what programs import it as, not by the path of its source.
 *
 * @param {import("typedoc").Application} app
 */
function nameModules(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const name = names.get(`${module.name}.ts`) ?? names.get(`${module.name}/index.ts`);
      if (name === undefined) throw new Error(`${module.name} is no entry of a package`);
      module.name = name;
    }
  });
}
