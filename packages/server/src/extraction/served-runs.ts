import { basename, join, relative, resolve, sep } from "node:path";
import { WeftError } from "@weft-nlp/core";
import { modelStamp } from "@weft-nlp/node/extractor";
import { readJsonFile, writeJsonFile } from "@weft-nlp/node/files";
import { shortPath } from "@weft-nlp/node/runs";
import { RequestError } from "../errors.ts";
import type { ModelSource } from "../options.ts";

/** What a name has served since the server was first started with its folder. */
interface Choices {
  /** The folder that the server was started with. */
  readonly started: string;
  /** Runs by name, the one in use last. */
  readonly runs: readonly string[];
}

/** Hidden, so that no run can have this name. */
const fileName = ".served.json";
/** More steps back than anyone takes. */
const maxRuns = 20;

/**
 * Which runs were chosen to be served, under which names. The choices are kept in the runs folder.
 * A server that starts with the same folder for a name makes the same choice again.
 */
export class ServedRuns {
  readonly #runs: string | undefined;
  readonly #started: ReadonlyMap<string, string>;
  #choices: ReadonlyMap<string, Choices> = new Map();
  #queue: Promise<unknown> = Promise.resolve();

  /** @param runs the runs folder @param sources the models as the server was started with them */
  constructor(runs: string | undefined, sources: readonly ModelSource[]) {
    this.#runs = runs === undefined ? undefined : resolve(runs);
    this.#started = new Map(sources.map(({ name, folder }) => [name, resolve(folder)]));
  }

  /**
   * Reads the choices of earlier servers. A run that is gone, or whose model cannot be found, is
   * skipped.
   *
   * @returns the models to serve now
   */
  async restore(sources: readonly ModelSource[]): Promise<ModelSource[]> {
    const restored: ModelSource[] = [];
    const choices = new Map<string, Choices>();
    const read = await this.#read();
    for (const source of sources) {
      const known = read.get(source.name);
      const runs = known?.started === resolve(source.folder) ? await this.#usable(known.runs) : [];
      const last = runs.at(-1);
      if (last !== undefined) choices.set(source.name, { started: resolve(source.folder), runs });
      restored.push(last === undefined ? source : { ...source, folder: this.#folderOf(last) });
    }
    this.#choices = choices;
    return restored;
  }

  /** Forgets what was restored: the models cannot be read. */
  forget(): void {
    this.#choices = new Map();
  }

  /** The run of the runs folder that a folder belongs to, by its name there. */
  runOf(folder: string): string | null {
    if (this.#runs === undefined) return null;
    const inside = relative(this.#runs, resolve(folder)).split(sep);
    if (inside[0] === "" || inside[0] === "..") return null;
    if (inside.length > 1 && inside.at(-1) === "model") inside.pop();
    return inside.join("/");
  }

  /** What a model is, and what it would be one step back. */
  describe({ name, folder }: ModelSource): { readonly run: string | null; readonly before: string | null } {
    const { runs = [] } = this.#choices.get(name) ?? {};
    return {
      run: this.runOf(folder),
      before: runs.length === 0 ? null : (runs.at(-2) ?? this.nameOf(this.#started.get(name) ?? "")),
    };
  }

  /**
   * Serves a run under a name: calls `serve` with its folder, and keeps the choice if that works.
   *
   * @param run null for the one before
   * @throws {RequestError} NOT_ALLOWED, REQUEST_INVALID @throws what `serve` throws
   */
  async choose<Served>(name: string, run: string | null, serve: (folder: string) => Promise<Served>): Promise<Served> {
    const turn = this.#queue.then(async () => {
      if (this.#runs === undefined) throw withoutRuns();
      const { runs: before = [] } = this.#choices.get(name) ?? {};
      const runs = run === null ? await this.#usable(before.slice(0, -1)) : [...before, run].slice(-maxRuns);
      if (run === null && before.length === 0) {
        throw new RequestError("REQUEST_INVALID", {
          at: { path: "run" },
          message: "this name still serves the model that the server was started with",
          hint: "name a run to serve instead",
        });
      }
      const [last, started] = [runs.at(-1), this.#started.get(name)];
      const served = await serve(last === undefined ? (started as string) : this.#folderOf(last));
      const choices = new Map(this.#choices);
      if (runs.length === 0 || started === undefined) choices.delete(name);
      else choices.set(name, { started, runs });
      this.#choices = choices;
      await this.#write();
      return served;
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** What to call the model in a folder: its run, or the folder. */
  nameOf(folder: string): string {
    const whole = resolve(folder);
    return this.runOf(whole) ?? (basename(whole) === "model" ? shortPath(whole) : basename(whole));
  }

  #folderOf(run: string): string {
    return join(this.#runs ?? "", ...run.split("/"));
  }

  async #usable(runs: readonly string[]): Promise<string[]> {
    const usable: string[] = [];
    for (const run of runs) {
      const stamp = await modelStamp(this.#folderOf(run)).catch(() => undefined);
      if (stamp !== undefined) usable.push(run);
    }
    return usable;
  }

  async #read(): Promise<ReadonlyMap<string, Choices>> {
    if (this.#runs === undefined) return new Map();
    try {
      const value = await readJsonFile(join(this.#runs, fileName), { maxBytes: 1 << 20, regular: true });
      const { models } = value as { readonly models?: Readonly<Record<string, unknown>> };
      return new Map(Object.entries(models ?? {}).filter((entry): entry is [string, Choices] => isChoices(entry[1])));
    } catch (error) {
      // No choice was made yet, or the file is damaged: the models of the command line count.
      if (error instanceof WeftError || error instanceof TypeError) return new Map();
      throw error;
    }
  }

  /** Keeps the choices for names that this server does not have. */
  async #write(): Promise<void> {
    const others = [...(await this.#read())].filter(([name]) => !this.#started.has(name));
    const models = Object.fromEntries([...others, ...this.#choices]);
    await writeJsonFile(join(this.#runs ?? "", fileName), { version: 1, models });
  }
}

/** A name that a person wrote into the file must not lead out of the runs folder. */
function isChoices(value: unknown): value is Choices {
  if (typeof value !== "object" || value === null) return false;
  const { started, runs } = value as Record<string, unknown>;
  const isRun = (run: unknown): boolean =>
    typeof run === "string" && !run.split(/[\\/]/).some((part) => ["", ".", ".."].includes(part));
  return typeof started === "string" && Array.isArray(runs) && runs.every(isRun);
}

function withoutRuns(): RequestError {
  return new RequestError("NOT_ALLOWED", {
    message: "this server was started without a runs folder",
    hint: "start it with --runs FOLDER",
  });
}
