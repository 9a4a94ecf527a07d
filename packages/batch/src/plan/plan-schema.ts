import { z } from "zod";
import { outputNames } from "./output-formats.ts";

const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const checksum = z.object({ kind: z.enum(["full", "sampled"]), sha256, sample: sha256 });

const input = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(["text", "paragraphs", "jsonl"]),
  bytes: count,
  packed: z.boolean(),
  checksum,
});

const options = z.object({
  output: z.enum(outputNames),
  ids: z.enum(["line", "byte"]),
  blank: z.enum(["record", "skip"]),
  newlines: z.enum(["auto", "soft", "hard"]).optional(),
  threshold: z.number().min(0).max(1).optional(),
  minConfidence: z.number().min(0).max(1).optional(),
  window: z.int().min(1).optional(),
  overlap: count.optional(),
  escapeFormulas: z.boolean().optional(),
  identity: z.enum(["file", "record"]),
  kernels: z.enum(["native", "relaxed", "baseline", "plain"]).optional(),
  plugins: z.array(z.string()).optional(),
  buckets: count.max(4096),
});

/** The contents of `plan.json`. */
export const planSchema = z.object({
  format: z.literal("weft-batch"),
  version: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  model: z.object({ path: z.string(), identity: z.object({ name: z.string(), version: z.string(), digest: z.string() }) }),
  inputs: z.array(input),
  options,
  shards: z.object({ file: z.string().regex(/^shards\.[0-9a-f]{16}\.jsonl$/), count, sha256 }),
  records: count.optional(),
});

/** A line of the list of shards, and a half in a record of a split. */
const shardSchema = z.object({
  id: z.string().regex(/^\d+(?:\/[01])*$/),
  input: count,
  start: count,
  end: count.optional(),
  line: z.int().min(1).optional(),
  records: count.optional(),
  sha256: sha256.optional(),
});

/** A committed shard, or one that was split. */
export const recordSchema = z.union([
  z
    .object({
      shard: z.string(),
      in: count,
      out: count,
      quarantined: count,
      sha256,
      quarantineSha256: sha256.optional(),
      aggregatesSha256: sha256.optional(),
      bytes: count,
      sentences: count,
      relations: count,
      seconds: z.number().min(0),
      finished: z.number().min(0),
      kernels: z.string(),
    })
    .refine((record) => record.in === record.out + record.quarantined, "in is not out + quarantined"),
  z.object({ shard: z.string(), children: z.tuple([shardSchema, shardSchema]) }),
]);
