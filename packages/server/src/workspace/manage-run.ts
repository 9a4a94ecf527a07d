import { stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { RunEntry } from "@weft-nlp/api";
import { modelStamp } from "@weft-nlp/node/extractor";
import { fileFailure, makeFolder, renameFile } from "@weft-nlp/node/files";
import { RequestError } from "../errors.ts";
import type { ModelRegistry } from "../extraction/model-registry.ts";
import type { RunShelf, ShelvedRun } from "./run-shelf.ts";

/** Hidden, so that no run can have this name. */
const trash = ".trash";

/** Changes the names of runs and removes runs, one at a time. */
export class RunKeeper {
  readonly #root: string;
  readonly #shelf: RunShelf;
  readonly #registry: ModelRegistry;
  #queue: Promise<unknown> = Promise.resolve();

  /** @param root the runs folder */
  constructor(root: string, shelf: RunShelf, registry: ModelRegistry) {
    this.#root = root;
    this.#shelf = shelf;
    this.#registry = registry;
  }

  /**
   * Gives a run another last name.
   *
   * @returns its new name from the runs folder
   * @throws {RequestError} RUN_IN_USE, RUN_NAME_TAKEN @throws {FileError}
   */
  async rename(run: ShelvedRun, last: string): Promise<string> {
    return this.#inTurn(async () => {
      const to = [...run.name.split("/").slice(0, -1), last].join("/");
      if (to === run.name) return to;
      await this.#requireIdle(run);
      const target = join(dirname(run.folder), last);
      if (await stat(target).catch(() => undefined)) {
        throw new RequestError("RUN_NAME_TAKEN", {
          at: { path: "name" },
          message: `the runs folder has ${to} already`,
          hint: "choose another name",
        });
      }
      await move(run.folder, target);
      return to;
    });
  }

  /**
   * Moves the folder of a run to `.trash`, with the time in its name, so it can be restored by
   * hand.
   *
   * @returns its new path from the runs folder
   * @throws {RequestError} RUN_IN_USE @throws {FileError}
   */
  async remove(run: ShelvedRun): Promise<string> {
    return this.#inTurn(async () => {
      await this.#requireIdle(run);
      const place = `${trash}/${run.name.replaceAll("/", "--")}-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
      await makeFolder(join(this.#root, trash));
      await move(run.folder, join(this.#root, place));
      return place;
    });
  }

  /**
   * @throws {RequestError} RUN_IN_USE if it or a run in its folder trains, or a model in it is
   *   served
   */
  async #requireIdle(run: ShelvedRun): Promise<void> {
    const inside = (await this.#shelf.runs()).filter(({ name }) => name === run.name || name.startsWith(`${run.name}/`));
    const states: RunEntry[] = await Promise.all(inside.map(async (each) => this.#shelf.entry(each)));
    const training = states.find(({ state }) => state === "running");
    if (training !== undefined) {
      throw new RequestError("RUN_IN_USE", { message: `${training.name} is training`, hint: "wait until it ends, or stop it" });
    }
    // Folders may be named in several ways, so their contents are compared.
    const stamps = await Promise.all(inside.map(async ({ folder }) => modelStamp(folder).catch(() => "")));
    for (const { name, folder } of this.#registry.list()) {
      const stamp = await modelStamp(folder).catch(() => undefined);
      if (stamp === undefined || !stamps.includes(stamp)) continue;
      throw new RequestError("RUN_IN_USE", {
        message: `its model is served as ${name}`,
        hint: "serve another model under that name first",
      });
    }
  }

  async #inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }
}

async function move(from: string, to: string): Promise<void> {
  try {
    await renameFile(from, to);
  } catch (cause) {
    throw fileFailure(cause, from.split(sep).slice(-1).join(sep), "write");
  }
}
