import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type ModelObserver, type ModelRegistry, memoryOf } from "./extraction/model-registry.ts";

const seconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

/** The metrics of one server, in a separate registry, so several servers can share a process. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: "weft_http_requests_total",
    help: "Requests answered, by route, method and status",
    labelNames: ["route", "method", "status"],
    registers: [this.#registry],
  });
  readonly #requestSeconds = new Histogram({
    name: "weft_http_request_seconds",
    help: "Time from a request's arrival to the end of its answer",
    labelNames: ["route"],
    buckets: seconds,
    registers: [this.#registry],
  });
  readonly #refusedConnections = new Counter({
    name: "weft_connections_refused_total",
    help: "Connections refused because the limit of open connections was reached",
    registers: [this.#registry],
  });
  readonly #texts = new Counter({
    name: "weft_texts_total",
    help: "Texts read, by model and outcome: ok, or the code of an error",
    labelNames: ["model", "outcome"],
    registers: [this.#registry],
  });
  readonly #sentences = new Counter({
    name: "weft_sentences_total",
    help: "Sentences predicted",
    labelNames: ["model"],
    registers: [this.#registry],
  });
  readonly #tokens = new Counter({
    name: "weft_tokens_total",
    help: "Tokens of sentences predicted",
    labelNames: ["model"],
    registers: [this.#registry],
  });
  readonly #batchSentences = new Histogram({
    name: "weft_batch_sentences",
    help: "Sentences in a batch",
    labelNames: ["model"],
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers: [this.#registry],
  });
  readonly #batchWait = new Histogram({
    name: "weft_batch_wait_seconds",
    help: "Time that the first sentence of a batch waited",
    labelNames: ["model"],
    buckets: seconds,
    registers: [this.#registry],
  });
  readonly #batchWork = new Histogram({
    name: "weft_batch_work_seconds",
    help: "Time from a batch's start to its end",
    labelNames: ["model"],
    buckets: seconds,
    registers: [this.#registry],
  });

  readonly #workerRestarts = new Counter({
    name: "weft_worker_restarts_total",
    help: "Worker threads that ended unexpectedly and were replaced",
    labelNames: ["model"],
    registers: [this.#registry],
  });

  readonly #workerRetries = new Counter({
    name: "weft_worker_retries_total",
    help: "Retries of a broken model, by outcome: ready or broken",
    labelNames: ["model", "outcome"],
    registers: [this.#registry],
  });

  /** Measures queues, broken models and memory at each scrape. */
  watchQueues(registry: ModelRegistry): void {
    this.#registry.registerMetric(
      new Gauge({
        name: "weft_queue_sentences",
        help: "Sentences waiting for a batch",
        labelNames: ["model"],
        registers: [],
        collect() {
          for (const { name, batcher } of registry.list()) this.set({ model: name }, batcher.waiting);
        },
      }),
    );
    this.#registry.registerMetric(
      new Gauge({
        name: "weft_model_broken",
        help: "1 if a model is broken because its worker threads keep ending",
        labelNames: ["model"],
        registers: [],
        collect() {
          for (const { name, extractor } of registry.list()) this.set({ model: name }, extractor.failure === undefined ? 0 : 1);
        },
      }),
    );
    this.#registry.registerMetric(
      new Gauge({
        name: "weft_model_memory_bytes",
        help: "Memory that the threads of a model share; it grows with the largest requests until the model is reloaded",
        labelNames: ["model"],
        registers: [],
        collect() {
          for (const { name, extractor } of registry.list()) this.set({ model: name }, memoryOf(extractor));
        },
      }),
    );
    collectDefaultMetrics({ register: this.#registry });
  }

  /**
   * @param route the pattern, never the path: clients choose paths, so their number is unbounded
   */
  onRequest(route: string, method: string, status: number, seconds: number): void {
    this.#requests.inc({ route, method, status });
    this.#requestSeconds.observe({ route }, seconds);
  }

  onConnectionRefused(): void {
    this.#refusedConnections.inc();
  }

  onText(model: string, outcome: string): void {
    this.#texts.inc({ model, outcome });
  }

  modelObserver(model: string): ModelObserver {
    // Start the series at 0 so that its first increment shows.
    this.#workerRestarts.inc({ model }, 0);
    for (const outcome of ["ready", "broken"]) this.#workerRetries.inc({ model, outcome }, 0);
    return {
      onWorkerDeath: () => this.#workerRestarts.inc({ model }),
      onRetry: (answered) => this.#workerRetries.inc({ model, outcome: answered ? "ready" : "broken" }),
      onBatch: ({ sentences, tokens, waited, worked }) => {
        this.#sentences.inc({ model }, sentences);
        this.#tokens.inc({ model }, tokens);
        this.#batchSentences.observe({ model }, sentences);
        this.#batchWait.observe({ model }, waited);
        this.#batchWork.observe({ model }, worked);
      },
    };
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Stops watching the process. */
  close(): void {
    this.#registry.clear();
  }
}
