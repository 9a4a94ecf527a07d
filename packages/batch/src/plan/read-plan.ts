import { createHash } from "node:crypto";
import { DataError } from "@weft-nlp/core";
import { parseJson } from "@weft-nlp/core/json";
import type { z } from "zod";
import { BatchError } from "../errors.ts";
import type { Store } from "../store/index.ts";
import type { Plan, Shard } from "../types.ts";
import { planSchema } from "./plan-schema.ts";

/** The name of the plan in its store. */
export const planName = "plan.json";

/** A plan with its shards, in the order of the inputs. */
export interface OpenPlan {
  readonly plan: Plan;
  readonly shards: readonly Shard[];
}

/**
 * Reads the plan of a batch.
 *
 * @throws {BatchError} PLAN_MISSING or PLAN_INVALID
 * @throws {FileError} when the system refuses
 */
export async function readPlan(store: Store): Promise<OpenPlan> {
  const text = await store.read(planName);
  if (text === undefined) {
    throw new BatchError("PLAN_MISSING", {
      at: { source: store.place },
      message: "there is no plan of a batch in this folder",
      hint: "weft batch plan IN... --model M --out DIR makes one",
    });
  }
  const plan = checked(planSchema, text, store.pathOf(planName));
  const { file, count, sha256 } = plan.shards;
  const list = await store.read(file);
  if (list === undefined || createHash("sha256").update(list).digest("hex") !== sha256) {
    throw damaged(store.pathOf(file), list === undefined ? "the list of shards is missing" : "the list of shards has changed");
  }
  // The checksum says that these are the lines that were checked when they were written.
  const shards = list
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Shard);
  if (shards.length !== count) throw damaged(store.pathOf(file), `expected ${count} shards, found ${shards.length}`);
  return { plan, shards };
}

/**
 * A value of JSON text by its schema.
 *
 * @throws {BatchError} PLAN_INVALID
 */
export function checked<Schema extends z.ZodType>(schema: Schema, text: string, source: string): z.infer<Schema> {
  let value: unknown;
  try {
    value = parseJson(text, { source });
  } catch (cause) {
    if (cause instanceof DataError) throw damaged(source, cause.summary, cause);
    throw cause;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw damaged(source, `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unknown"}`, parsed.error);
}

function damaged(source: string, message: string, cause?: unknown): BatchError {
  return new BatchError("PLAN_INVALID", {
    at: { source },
    message,
    hint: "restore the file from a copy, or plan the batch in another folder",
    cause,
  });
}
