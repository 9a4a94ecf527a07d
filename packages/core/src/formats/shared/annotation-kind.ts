import { DataError, type Location } from "../../errors.ts";
import type { ReadOptions } from "../format.ts";
import type { Omit } from "./records.ts";

/**
 * Which annotation to read of each record of a file that may hold both gold and predictions. If
 * predictions are asked for and the first record has some, gold never stands in for missing ones.
 */
export class AnnotationKind {
  readonly #asked: ReadOptions["annotation"];
  #kind: "gold" | "predicted" | undefined;

  constructor(asked: ReadOptions["annotation"]) {
    this.#asked = asked;
  }

  /**
   * @param predicted whether this record has predictions
   * @throws {DataError} FIELD_MISSING if it has some and the records before it had none
   */
  of(predicted: boolean, at: Location, omit: Omit): "gold" | "predicted" {
    if (this.#asked !== "predicted") return "gold";
    this.#kind ??= predicted ? "predicted" : "gold";
    if (predicted && this.#kind === "gold") {
      throw new DataError("FIELD_MISSING", {
        at,
        message: "this record has predictions, but those before it have none",
        hint: "write predictions in every record, with empty lists where nothing was found",
      });
    }
    if (!predicted && this.#kind === "predicted") omit("", "the record has no predictions, unlike those before it");
    return this.#kind;
  }
}
