import * as z from "zod";

/** Values that several contracts share. */
export const count = z.int().min(0);
export const probability = z.number().min(0).max(1);

/** Reads a number from a query, where it is text; API descriptions still say number. */
export function queryNumber<Schema extends z.ZodNumber>(schema: Schema, description: string | undefined = schema.description) {
  return z
    .string()
    .meta({ type: "number", ...(description === undefined ? {} : { description }) })
    .transform(Number)
    .pipe(schema);
}

export const byName = z.object({ name: z.string() });
