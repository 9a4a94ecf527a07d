/** Every route by its name. Braces in a path mark a parameter. */
export const routes = {
  extract: { method: "POST", path: "/v1/extract" },

  models: { method: "GET", path: "/v1/models" },
  labels: { method: "GET", path: "/v1/schema" },
  reloadModel: { method: "POST", path: "/v1/models/{name}/reload" },

  tripleFormats: { method: "GET", path: "/v1/triples" },
  writeTriples: { method: "POST", path: "/v1/triples" },

  health: { method: "GET", path: "/healthz" },
  readiness: { method: "GET", path: "/readyz" },
  metrics: { method: "GET", path: "/metrics" },

  runs: { method: "GET", path: "/v1/runs" },
  run: { method: "GET", path: "/v1/runs/{name}" },
  runEvents: { method: "GET", path: "/v1/runs/{name}/events" },
  compareRuns: { method: "GET", path: "/v1/compare" },

  data: { method: "GET", path: "/v1/data" },
  dataSentences: { method: "GET", path: "/v1/data/{name}/sentences" },
  dataProblems: { method: "GET", path: "/v1/data/{name}/problems" },
  dataStatistics: { method: "GET", path: "/v1/data/{name}/statistics" },

  projects: { method: "GET", path: "/v1/corrections" },
  createProject: { method: "POST", path: "/v1/corrections" },
  project: { method: "GET", path: "/v1/corrections/{name}" },
  renameProject: { method: "PATCH", path: "/v1/corrections/{name}" },
  removeProject: { method: "DELETE", path: "/v1/corrections/{name}" },
  addSentences: { method: "POST", path: "/v1/corrections/{name}/sentences" },
  sentence: { method: "GET", path: "/v1/corrections/{name}/sentences/{id}" },
  saveSentence: { method: "PUT", path: "/v1/corrections/{name}/sentences/{id}" },
  exportProject: { method: "GET", path: "/v1/corrections/{name}/export" },
  startTraining: { method: "POST", path: "/v1/corrections/{name}/train" },
  training: { method: "GET", path: "/v1/corrections/{name}/train" },
  stopTraining: { method: "DELETE", path: "/v1/corrections/{name}/train" },
} as const satisfies Readonly<Record<string, Route>>;

/** Where a route is: its method and its path. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
}

/** A key of `routes`. */
export type RouteName = keyof typeof routes;

/** The media type of streams: one JSON value a line. */
export const ndjsonType = "application/x-ndjson";
