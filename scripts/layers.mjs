/**
 * Who may import whom. `npm run check` holds the sources against this table, and docs/architecture.md explains it.
 *
 * A layer is a folder, or a file of that name, directly under a package's `src` (`apps/web` for the page, `packages/` and the name for the others). It may import itself, the layers listed beside
 * it, and the base files; nothing else. A folder that is missing here fails the check, so that the table stays complete.
 *
 * @typedef {{ folder?: string, uses: string[], base: string[], layers: Record<string, string[]> }} PackageRules
 * @type {Record<string, PackageRules>}
 */
export const packages = {
  tensor: {
    uses: [],
    base: ["errors"],
    layers: {
      kernels: [],
      memory: ["kernels"],
      tensor: ["kernels", "memory"],
      tape: ["kernels", "memory", "tensor"],
      optim: ["kernels", "memory", "tensor", "tape"],
      testing: ["kernels", "memory", "tensor", "tape", "optim"],
    },
  },
  core: {
    uses: ["tensor"],
    base: ["errors"],
    layers: {
      schema: [],
      text: ["schema"],
      data: ["schema", "text"],
      metrics: ["schema"],
      drawing: ["schema", "metrics"],
      report: ["schema", "metrics", "drawing"],
      triples: ["schema", "data", "drawing"],
      nn: ["schema"],
      archive: [],
      models: ["schema", "text", "data", "metrics", "nn"],
      objectives: ["schema", "text", "data", "metrics", "nn", "models"],
      training: ["schema", "text", "data", "metrics", "nn", "archive", "models", "objectives", "inference"],
      inference: ["schema", "text", "data", "metrics", "nn", "archive", "models"],
      testing: ["schema", "text", "data", "metrics", "nn", "archive", "models", "objectives", "inference", "training"],
    },
  },
  weft: {
    uses: ["tensor", "core"],
    base: ["errors"],
    layers: {
      files: [],
      triples: ["files"],
      workers: ["files"],
      runs: ["files", "workers"],
      server: ["files", "triples", "workers", "runs"],
      cli: ["files", "triples", "workers", "runs", "server"],
      testing: ["files", "triples", "workers", "runs", "server"],
    },
  },
  web: {
    folder: "apps/web",
    uses: ["core"],
    base: ["api", "route", "theme"],
    layers: {
      "weft-arcs": [],
      parts: ["weft-arcs"],
      tabs: ["weft-arcs", "parts"],
      app: ["tabs"],
      main: ["app"],
    },
  },
};
