/** The files of a model's folder by name, following the common convention. */
export interface ModelFiles {
  readonly "config.json": Uint8Array;
  readonly "vocab.json": Uint8Array;
  readonly "model.safetensors": Uint8Array;
  /** The word vectors of a model that has some. */
  readonly "vectors.bin"?: Uint8Array | undefined;
  /** What a model that was trained with a pretrained encoder needs of it besides its weights. */
  readonly "encoder.json"?: Uint8Array | undefined;
}

/** The names of the files that every model has, and of those that some have. */
export const modelFileNames = {
  always: ["config.json", "vocab.json", "model.safetensors"],
  sometimes: ["vectors.bin", "encoder.json"],
} as const satisfies Readonly<Record<string, readonly (keyof ModelFiles)[]>>;
