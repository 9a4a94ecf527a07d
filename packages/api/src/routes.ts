/** Every route by its name. Braces in a path mark a parameter. */
export const routes = {
  extract: { method: "POST", path: "/v1/extract" },

  models: { method: "GET", path: "/v1/models" },
  labels: { method: "GET", path: "/v1/schema" },
  reloadModel: { method: "POST", path: "/v1/models/{name}/reload", scope: "admin" },
  modelDetails: { method: "GET", path: "/v1/models/{name}" },
  useRun: { method: "PUT", path: "/v1/models/{name}", scope: "admin" },

  tripleFormats: { method: "GET", path: "/v1/triples" },
  writeTriples: { method: "POST", path: "/v1/triples" },

  health: { method: "GET", path: "/healthz" },
  readiness: { method: "GET", path: "/readyz" },
  metrics: { method: "GET", path: "/metrics" },

  runs: { method: "GET", path: "/v1/runs" },
  run: { method: "GET", path: "/v1/runs/{name}" },
  changeRun: { method: "PATCH", path: "/v1/runs/{name}", scope: "train" },
  removeRun: { method: "DELETE", path: "/v1/runs/{name}", scope: "train" },
  downloadRun: { method: "GET", path: "/v1/runs/{name}/download" },
  runEvents: { method: "GET", path: "/v1/runs/{name}/events" },
  compareRuns: { method: "GET", path: "/v1/compare" },

  data: { method: "GET", path: "/v1/data" },
  dataSentences: { method: "GET", path: "/v1/data/{name}/sentences" },
  dataProblems: { method: "GET", path: "/v1/data/{name}/problems" },
  dataStatistics: { method: "GET", path: "/v1/data/{name}/statistics" },

  projects: { method: "GET", path: "/v1/corrections" },
  createProject: { method: "POST", path: "/v1/corrections", scope: "correct" },
  project: { method: "GET", path: "/v1/corrections/{name}" },
  renameProject: { method: "PATCH", path: "/v1/corrections/{name}", scope: "correct" },
  removeProject: { method: "DELETE", path: "/v1/corrections/{name}", scope: "correct" },
  addSentences: { method: "POST", path: "/v1/corrections/{name}/sentences", scope: "correct" },
  sentence: { method: "GET", path: "/v1/corrections/{name}/sentences/{id}" },
  saveSentence: { method: "PUT", path: "/v1/corrections/{name}/sentences/{id}", scope: "correct" },
  exportProject: { method: "GET", path: "/v1/corrections/{name}/export" },
  startTraining: { method: "POST", path: "/v1/corrections/{name}/train", scope: "train" },
  training: { method: "GET", path: "/v1/corrections/{name}/train" },
  stopTraining: { method: "DELETE", path: "/v1/corrections/{name}/train", scope: "train" },
  trainingVerdict: { method: "GET", path: "/v1/corrections/{name}/verdict" },
} as const satisfies Readonly<Record<string, Route>>;

/** Where a route is, and what a token must permit to use it. */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** Defaults to `read`. */
  readonly scope?: Scope;
}

/**
 * What a token permits, from the least to the most; each includes those before it. `read` covers
 * extraction and all that changes nothing.
 */
export const scopes = ["read", "correct", "train", "admin"] as const;

/** One of `scopes`. */
export type Scope = (typeof scopes)[number];

/** A key of `routes`. */
export type RouteName = keyof typeof routes;

/** The media type of streams: one JSON value a line. */
export const ndjsonType = "application/x-ndjson";
