import { z } from "zod";
import type { PretrainedEncoder, TrainedUse } from "../encoders/index.ts";
import { ArchiveError } from "../errors.ts";
import { parseJson } from "../json/index.ts";
import type { FrozenReference } from "../nn/index.ts";

/** `encoder.json`: of encoders that are trained with a model, all but the weights. */
const encoderFile = z.object({
  encoders: z.array(
    z.object({
      name: z.string(),
      /** SHA-256 of the weights from which training started. */
      checksum: z.string().regex(/^[0-9a-f]{64}$/),
      config: z.unknown(),
      tokenizer: z.unknown(),
    }),
  ),
});

/**
 * The file of the encoders that are trained with a model: their names, configurations and
 * tokenizers. Their weights are among the model's.
 */
export function containedFile(trained: readonly TrainedUse[]): z.infer<typeof encoderFile> {
  const byChecksum = new Map(trained.map(({ encoder }) => [encoder.checksum, encoder]));
  return {
    encoders: [...byChecksum.values()].map(({ name, checksum, config, tokenizer }) => ({
      ...{ name, checksum },
      config: parseJson(config),
      tokenizer: parseJson(tokenizer),
    })),
  };
}

/**
 * Opens the encoders of such a file. Their weights come with the model's.
 *
 * @param file its JSON; undefined if there is none
 * @param wanted the encoders that the model was trained with
 * @param place its name, for error messages
 * @throws {ArchiveError} ARCHIVE_INVALID if it is missing, broken, or lacks one of them
 */
export async function openContained(
  file: unknown,
  wanted: readonly FrozenReference[],
  place: string,
): Promise<PretrainedEncoder[]> {
  const fault = (message: string): ArchiveError =>
    new ArchiveError("ARCHIVE_INVALID", { at: { source: place }, message, hint: "the folder is incomplete; copy it again" });
  if (file === undefined) throw fault("the file is missing; it belongs to the encoder that the model was trained with");
  const parsed = encoderFile.safeParse(file);
  if (!parsed.success) throw fault("the file does not hold the names, configurations and tokenizers of encoders");
  const { encoders } = parsed.data;
  const missing = wanted.find(({ checksum }) => !encoders.some((each) => each.checksum === checksum));
  if (missing !== undefined) throw fault(`the file lacks the encoder ${missing.name ?? ""} of the model`);
  // Loaded with the first model that has an encoder; in a browser, a file of its own.
  const { openEncoder } = await import("../encoders/pretrained/pretrained-encoder.ts");
  return Promise.all(
    encoders.map(({ config, tokenizer, ...which }) =>
      openEncoder({
        ...which,
        source: place,
        config: JSON.stringify(config),
        tokenizer: JSON.stringify(tokenizer),
        weights: () => undefined,
      }),
    ),
  );
}
