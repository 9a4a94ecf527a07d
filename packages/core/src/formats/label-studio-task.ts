import { DataError, type Location } from "../errors.ts";
import { asList, asObject, asString, type Fields, within } from "../json/fields.ts";
import type { ReadOptions } from "./format.ts";
import { type CharacterSpan, countAgreeing } from "./shared/character-spans.ts";
import { FieldNames } from "./shared/field-names.ts";
import { firstFields, type Omit } from "./shared/records.ts";

/** The regions and relations of one annotation or prediction of a task. */
export interface TaskResult {
  readonly result: unknown;
  readonly path: string;
}

interface Candidate extends TaskResult {
  readonly cancelled: boolean;
  readonly groundTruth: boolean;
  /** The names of its annotator: id, address, full name. */
  readonly by: readonly string[];
}

/** Chooses the text and the annotation of each task of one file, in the same way for all tasks. */
export class TaskChoices {
  readonly #options: ReadOptions;
  readonly #annotators = new Set<string>();
  #textField: string | undefined;
  #annotatorFound = false;

  constructor(options: ReadOptions) {
    this.#options = options;
  }

  /**
   * The field of `data` that holds the text: the one that was asked for, `text`, the only string,
   * or of several the one that the words of the regions fit, or else the only one that is named
   * like a text.
   *
   * @throws {DataError} FIELD_MISSING if that leaves none or several
   */
  textField(data: Fields, chosen: TaskResult | undefined, at: Location): string {
    const strings = Object.keys(data).filter((name) => typeof data[name] === "string");
    const { textField } = this.#options;
    if (textField !== undefined) {
      if (strings.includes(textField)) return textField;
      throw this.#noText(`data has no text called ${JSON.stringify(textField)}`, strings, at);
    }
    if (data["text"] !== undefined) {
      asString(data["text"], at, "data.text");
      return "text";
    }
    const texts = strings.filter((name) => name !== "id" && /\S/.test(data[name] as string));
    if (this.#textField !== undefined && strings.includes(this.#textField)) return this.#textField;
    const found = texts.length === 1 ? texts[0] : (fittingField(data, texts, chosen) ?? namedLikeText(texts));
    if (found === undefined) {
      const message = texts.length === 0 ? "data has no text" : "data has several texts";
      throw this.#noText(message, strings, at);
    }
    this.#textField = found;
    return found;
  }

  #noText(message: string, strings: readonly string[], at: Location): DataError {
    const names = strings.length === 0 ? "it has no field with a string" : `its fields with a string: ${strings.join(", ")}`;
    return new DataError("FIELD_MISSING", {
      at: within(at, "data"),
      message,
      hint: `name the field that holds the text (textField, --text-field); ${names}`,
    });
  }

  /**
   * The annotation to read, or undefined if the task has none; every other one is reported.
   * `absent` if the annotator that was asked for did not annotate this task.
   */
  result(fields: Fields, at: Location, omit: Omit): TaskResult | "absent" | undefined {
    const annotations = ["annotations", "completions"].flatMap((name) => candidates(fields, name, at));
    const predictions = candidates(fields, "predictions", at).filter(({ result }) => !isEmpty(result));
    for (const { by } of annotations) for (const name of by.slice(0, 1)) this.#annotators.add(name);
    // Exports always have the field, so gold never stands in for predictions that are missing.
    if (this.#options.annotation === "predicted" && Array.isArray(fields["predictions"])) {
      for (const { path } of predictions.slice(1)) omit(path, "only one prediction of a task is read; this one was left out");
      return predictions[0];
    }
    const live = annotations.filter(({ cancelled }) => !cancelled);
    const wanted = this.#options.annotator?.toLowerCase();
    const fitting = wanted === undefined ? live : live.filter(({ by }) => by.some((name) => name.toLowerCase() === wanted));
    const chosen = fitting.find(({ groundTruth }) => groundTruth) ?? fitting[0];
    if (chosen !== undefined) this.#annotatorFound = true;
    for (const { path, cancelled, result } of annotations) {
      if (path === chosen?.path || (cancelled && isEmpty(result))) continue;
      const reason = cancelled ? "the annotation was cancelled" : "only one annotation of a task is read; this one";
      omit(path, cancelled ? `${reason}; it was left out` : `${reason} was left out`);
    }
    for (const { path } of predictions) omit(path, "predictions are read only if asked for; this one was left out");
    return chosen ?? (wanted === undefined ? undefined : "absent");
  }

  /** @throws {DataError} FIELD_INVALID if the annotator that was asked for annotated no task */
  end(source: string | undefined): void {
    const { annotator } = this.#options;
    if (annotator === undefined || this.#annotatorFound) return;
    const names = [...this.#annotators].slice(0, 20).join(", ");
    throw new DataError("FIELD_INVALID", {
      at: { source },
      message: `no task has an annotation by ${JSON.stringify(annotator)}`,
      hint: names === "" ? "the file does not say who annotated it" : `annotators in this file: ${names}`,
    });
  }
}

const annotationNames = new FieldNames({ result: "list" });

function candidates(fields: Fields, name: string, at: Location): Candidate[] {
  if (fields[name] === undefined || fields[name] === null) return [];
  return asList(fields[name], at, name).map((item, index) => {
    const path = `${name}[${index}]`;
    const each = asObject(item, at, path);
    annotationNames.check(each, at, path);
    const { result, was_cancelled: cancelled, ground_truth: groundTruth, completed_by: by } = each;
    return { result, path, cancelled: cancelled === true, groundTruth: groundTruth === true, by: namesOf(by) };
  });
}

function namesOf(by: unknown): string[] {
  const { id, email, username, first_name: first, last_name: last } = firstFields(by) ?? { id: by };
  const full = [first, last].filter((name) => typeof name === "string" && name !== "").join(" ");
  return [email, username, id, full].flatMap((name) =>
    (typeof name === "string" && name !== "") || typeof name === "number" ? [String(name)] : [],
  );
}

function isEmpty(result: unknown): boolean {
  return result === undefined || result === null || (Array.isArray(result) && result.length === 0);
}

/** The field whose text has the most words of the regions where they say. */
function fittingField(data: Fields, names: readonly string[], chosen: TaskResult | undefined): string | undefined {
  const spans = (Array.isArray(chosen?.result) ? (chosen.result as unknown[]) : []).flatMap((item): CharacterSpan[] => {
    const { start, end, text } = firstFields(firstFields(item)?.["value"]) ?? {};
    return typeof start === "number" && typeof end === "number" && typeof text === "string" ? [{ start, end, text }] : [];
  });
  const counts = names.map((name) =>
    Math.max(...(["utf16", "codepoint"] as const).map((unit) => countAgreeing(data[name] as string, spans, unit))),
  );
  const most = Math.max(0, ...counts);
  const best = names.filter((_, index) => counts[index] === most);
  return most > 0 && best.length === 1 ? best[0] : undefined;
}

function namedLikeText(names: readonly string[]): string | undefined {
  const alike = names.filter((name) => /text|content|body|sentence|paragraph|document|article|abstract/i.test(name));
  return alike.length === 1 ? alike[0] : undefined;
}
