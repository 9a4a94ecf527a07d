import { z } from "zod";
import { switchable } from "../../encoders/switchable.ts";
import { ConfigError } from "../../errors.ts";
import type { Lexicon } from "../../vocabulary/index.ts";

/** The longest span that is chosen from train; a longer entity costs more than it brings. */
const mostWords = 30;

const settings = z.strictObject({
  longest: z
    .union([z.literal("train"), z.int().min(1).max(1000)])
    .default("train")
    .describe(`words of the longest span; train: those of train's longest entity, but at most ${mostWords}`),
  nested: z
    .literal(["train", true, false])
    .default("train")
    .describe("whether entities may overlap; train: if entities of train do"),
  size: z.int().min(1).max(4096).default(128).describe("units of the hidden layer over a span"),
  filters: z.int().min(1).max(4096).default(50).describe("filters of each width over the words of a span"),
  widths: z.array(z.int().min(1).max(9)).min(1).default([1, 2]).describe("widths of these filters, in words"),
  distinctWidths: z
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe("distinct widths of a span in words; the last also covers all larger ones"),
});

/** Settings of a spans head. */
export type SpanSettings = z.infer<typeof settings>;

/** The setting of whether a model finds entities by spans, and how; off by default. */
export const spansSetting = () =>
  switchable(settings)
    .prefault("off")
    .describe(
      "find entities, also nested ones, by scoring each span of words; tagger and decoding, which are about tags, then have no effect",
    );

/** What the spans of a model are, with the choices that depend on train made. */
export interface SpanLimits {
  /** The most words of a span, 1 or more. */
  readonly longest: number;
  /** Whether entities may overlap. */
  readonly nested: boolean;
}

/**
 * Chooses from the training data what the settings leave to it.
 *
 * @throws {ConfigError} SETTING_INVALID if the lexicon does not know the spans of its training data
 */
export function spanLimits({ longest, nested }: SpanSettings, { spans }: Pick<Lexicon, "spans">): SpanLimits {
  const fromTrain = (setting: string): NonNullable<Lexicon["spans"]> => {
    if (spans !== undefined) return spans;
    throw new ConfigError("SETTING_INVALID", {
      at: { path: `model.spans.${setting}` },
      message: "the model to start from does not know the spans of its training data",
      hint: `set model.spans.${setting} to a value other than train, or remove init`,
    });
  };
  return {
    longest: longest === "train" ? Math.min(mostWords, Math.max(1, Math.floor(fromTrain("longest").longest))) : longest,
    nested: nested === "train" ? fromTrain("nested").nested : nested,
  };
}
