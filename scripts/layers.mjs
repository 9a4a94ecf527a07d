/** Layers used by everything that reads sentences. */
const text = ["schema", "text", "vocabulary"];

/**
 * Which layer may import which. `npm run check` checks the sources against this table, and
 * docs/architecture.md explains it.
 *
 * A layer is a folder, or a file of that name, directly under a package's `src` (`apps/web` for the
 * page, `apps/docs` for the site, `packages/` and the name for the others). It may import itself,
 * the layers listed for it, and the base files; nothing else. The check fails if a folder is
 * missing here, which keeps the table complete.
 *
 * @typedef {{ folder?: string, uses: string[], base: string[], layers: Record<string, string[]> }}
 *   PackageRules
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
    base: ["errors", "catalogue"],
    layers: {
      schema: [],
      json: [],
      text: ["schema"],
      vocabulary: ["schema", "json", "text"],
      formats: ["schema", "json", "text"],
      corpus: ["schema", "json", "text"],
      settings: ["text"],
      recipe: ["schema", "metrics"],
      metrics: ["schema"],
      annotators: ["schema", "metrics"],
      constraints: ["schema", "text", "metrics"],
      triples: ["schema", "text", "formats"],
      nn: ["schema"],
      archive: [],
      encoders: ["schema", "json", "text", "vocabulary", "nn", "archive"],
      heads: ["schema", "text", "vocabulary", "metrics", "constraints", "nn", "encoders"],
      models: [...text, "metrics", "constraints", "nn", "encoders", "heads"],
      objectives: [...text, "metrics", "nn", "models"],
      inference: [...text, "json", "settings", "metrics", "constraints", "nn", "archive", "encoders", "models"],
      training: [
        ...[...text, "json", "settings", "metrics", "constraints", "nn", "archive", "encoders", "models"],
        ...["objectives", "inference"],
      ],
      registry: [...text, "formats", "metrics", "encoders", "models", "objectives"],
      testing: [
        ...[...text, "json", "formats", "metrics", "nn", "archive", "encoders", "heads", "models"],
        ...["objectives", "inference", "training"],
      ],
    },
  },
  draw: {
    uses: ["core"],
    base: [],
    layers: {
      drawing: [],
      report: ["drawing"],
    },
  },
  api: {
    uses: ["core"],
    base: ["routes"],
    layers: {
      contracts: [],
      types: ["contracts"],
      client: ["types"],
    },
  },
  native: {
    uses: ["tensor"],
    base: [],
    layers: {
      "native-provider": ["load-addon", "recorder", "recorded-calls.generated"],
      "load-addon": ["platform", "recorder"],
      "recorded-calls.generated": ["recorder"],
      recorder: [],
      platform: [],
    },
  },
  node: {
    uses: ["tensor", "native", "core", "draw"],
    base: ["errors"],
    layers: {
      files: [],
      triples: ["files"],
      plugins: ["files"],
      workers: ["files", "plugins"],
      encoders: ["files"],
      extractor: ["files", "workers", "encoders"],
      extraction: ["files", "triples", "extractor"],
      runs: ["files", "workers", "encoders", "extractor"],
      experiments: ["files", "plugins", "workers", "extractor", "runs"],
      recipe: ["files", "workers", "encoders", "extractor", "runs", "experiments"],
      testing: ["files", "triples", "workers", "extractor", "runs"],
    },
  },
  server: {
    uses: ["tensor", "core", "draw", "api", "node"],
    base: ["errors", "options"],
    layers: {
      http: [],
      extraction: ["http"],
      routes: ["http", "extraction", "openapi", "context"],
      workspace: ["http", "extraction", "context"],
      neighbours: ["http", "extraction", "context"],
      "server-metrics": ["http", "extraction"],
      openapi: ["http", "extraction"],
      context: ["http", "extraction", "server-metrics"],
      "request-record": ["http", "context"],
      "create-server": [
        "http",
        "extraction",
        "routes",
        "workspace",
        "neighbours",
        "server-metrics",
        "openapi",
        "context",
        "request-record",
      ],
    },
  },
  batch: {
    uses: ["tensor", "core", "node"],
    base: ["types", "errors"],
    layers: {
      store: [],
      plan: ["store"],
      manifest: ["store", "plan"],
      aggregates: ["store"],
      runner: ["store", "plan", "manifest", "aggregates"],
      queue: [],
      drivers: ["store", "plan", "manifest", "runner", "queue"],
      trainings: ["queue"],
      reduce: ["store", "plan", "manifest", "aggregates"],
      batch: ["store", "plan", "manifest", "runner", "drivers", "reduce"],
    },
  },
  weft: {
    uses: ["tensor", "core", "draw", "api", "node", "server", "batch"],
    base: [],
    layers: {
      browser: [],
      mcp: [],
      cli: ["mcp"],
    },
  },
  web: {
    folder: "apps/web",
    uses: ["core", "draw", "api"],
    base: ["server-requests", "route", "page-theme", "keys-shown"],
    layers: {
      "weft-arcs": [],
      parts: ["weft-arcs"],
      tabs: ["weft-arcs", "parts"],
      app: ["tabs"],
      main: ["app"],
    },
  },
  docs: {
    folder: "apps/docs",
    uses: ["weft"],
    base: ["navigation"],
    layers: { theme: [] },
  },
};
