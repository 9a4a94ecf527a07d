import * as z from "zod";

/** Values that several contracts share. */
export const count = z.int().min(0);
export const probability = z.number().min(0).max(1);

/** Reads a number from a query, where it is text; API descriptions still say number and range. */
export function queryNumber<Schema extends z.ZodNumber>(schema: Schema, description: string | undefined = schema.description) {
  const { minimum, maximum } = z.toJSONSchema(schema);
  return z
    .string()
    .meta({ type: "number", minimum, maximum, ...(description === undefined ? {} : { description }) })
    .transform(Number)
    .pipe(schema);
}

export const byName = z.object({ name: z.string() });
