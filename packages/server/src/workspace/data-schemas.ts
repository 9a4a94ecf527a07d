import * as z from "zod";

const count = z.int().min(0);
const overlap = z.enum(["none", "Normal", "EPO", "SEO"]);
const counts = z.record(z.string(), count);

const place = z.object({
  source: z.string().optional().describe("the file, of a folder the way from it"),
  line: count.optional(),
  column: count.optional(),
  path: z.string().optional(),
});
const fault = z.object({ code: z.string(), message: z.string(), hint: z.string().optional(), at: place.optional() });

const dataFile = z.object({
  name: z.string().describe("the folder that the server was started with, and the way from there"),
  documents: count.nullable().describe("of a folder that is one corpus, such as brat's; null for a file"),
  bytes: count,
  modified: z.string(),
  counts: z
    .object({
      sentences: count,
      tokens: count,
      entities: count,
      relations: count,
      entityTypes: counts.describe("the most frequent first"),
      relationTypes: counts,
      notCarried: count.describe("annotations that could not be carried over"),
      fault: fault.nullable().describe("why reading stopped before the end"),
      truncated: z.boolean().describe("true where the file holds more than is kept in memory"),
    })
    .nullable()
    .describe("null where the file has not been read yet"),
});

export const dataList = z.object({
  shown: z.boolean().describe("false where the server was started without data"),
  files: z.array(dataFile),
  counting: z.boolean().describe("true where files are being read, so that asking again says more"),
});

/** A number in a query is text; the description says number all the same. */
function number(description: string, least: number, most: number) {
  return z.string().meta({ type: "number", description }).transform(Number).pipe(z.int().min(least).max(most));
}

const mostSentences = 100;

export const sentenceQuery = z.strictObject({
  type: z.string().max(300).optional().describe("sentences with an entity of this type"),
  relation: z.string().max(300).optional().describe("sentences with a relation of this type"),
  overlap: overlap.optional().describe("how the sentence's triples share entities"),
  minLength: number("tokens at least", 0, 1_000_000).optional(),
  maxLength: number("tokens at most", 0, 1_000_000).optional(),
  search: z.string().max(300).optional().describe("words that stand in the text, whatever their case"),
  offset: number("how many to leave out; 0 where left out", 0, 1_000_000_000).optional(),
  limit: number(`how many at most, up to ${mostSentences}; 50 where left out`, 1, mostSentences).optional(),
});

const indexedSentence = z.object({
  index: count.describe("its place in the file, from 0"),
  id: z.string(),
  line: count.nullable(),
  overlap: z.array(overlap),
  tokens: z.array(z.string()),
  entities: z.array(z.object({ start: count, end: count, type: z.string().nullable(), confidence: z.number().optional() })),
  relations: z.array(z.object({ head: count, tail: count, type: z.string(), confidence: z.number().optional() })),
});
export type IndexedSentence = z.output<typeof indexedSentence>;

export const sentencePage = z.object({
  name: z.string(),
  sentences: count.describe("of the whole file"),
  matching: count,
  offset: count,
  items: z.array(indexedSentence),
});

export const problemQuery = z.strictObject({
  with: z
    .union([z.string(), z.array(z.string()).max(9)])
    .optional()
    .describe("other files that belong to it, such as train for test; may stand several times"),
});

const foundPlace = place.extend({ says: z.string().optional(), other: place.optional() });

export const problemList = z.object({
  files: z.array(
    z.object({
      source: z.string(),
      role: z.string().optional(),
      sentences: count,
      faults: z.array(z.unknown()),
      faultCount: count,
    }),
  ),
  problems: z.array(
    z.object({
      code: z.string(),
      level: z.enum(["warning", "note"]),
      source: z.string().optional(),
      amount: count,
      message: z.string(),
      hint: z.string().optional(),
      places: z.array(foundPlace),
    }),
  ),
});
export type ProblemList = z.output<typeof problemList>;
