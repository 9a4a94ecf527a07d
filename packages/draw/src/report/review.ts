import { type Annotation, documentFromSentence, type Sentence } from "@weft-nlp/core";
import type { EntityFinding, Findings, RelationFinding } from "@weft-nlp/core/metrics";
import { type Drawable, toSvg } from "../drawing/index.ts";
import { compressToBase64 } from "./compress.ts";

/** A sentence to review: its annotation by several sides, and the mistakes of each. */
export interface ReviewSentence {
  readonly sentence: Sentence;
  /** One annotation per column, gold first. */
  readonly sides: readonly Annotation[];
  /** Mistakes, and correct items if a reader needs them for comparison. */
  readonly findings: readonly ReviewFinding[];
  /** A word that a reader can filter by, such as "better". */
  readonly verdict?: string | undefined;
}

/** A relation or an entity, with its type in gold and on one side. Spans count tokens. */
export interface ReviewFinding {
  /** The column that the finding belongs to; 1 is the first side after gold. */
  readonly side: number;
  readonly what: "relation" | "entity";
  readonly kind: RelationFinding["kind"] | EntityFinding["kind"];
  readonly gold: string | null;
  readonly predicted: string | null;
  readonly head: readonly [start: number, end: number];
  readonly tail: readonly [start: number, end: number] | null;
}

/** The data that the page's script reads. Spans count UTF-16 units of `text`. */
export interface ReviewData {
  readonly columns: readonly string[];
  /** Number of sentences omitted from the page because there are too many. */
  readonly left: number;
  readonly sentences: readonly {
    readonly id: string;
    readonly text: string;
    readonly verdict: string;
    readonly findings: readonly ReviewFinding[];
  }[];
}

export interface Review {
  readonly data: ReviewData;
  /**
   * Gzip in base64, `sentencesPerBlock` sentences per block: a JSON list with a list of drawings
   * per sentence.
   */
  readonly drawings: readonly string[];
}

export const sentencesPerBlock = 20;
export const drawingFontSize = 15;

/**
 * Prepares sentences for a page and draws each side. Drawings are compressed because a thousand of
 * them are 7 MB of text. The page unpacks a block when it shows one of its sentences.
 *
 * @param columns the heading of each side, gold first
 * @param limit max number of sentences; the rest are only counted
 */
export async function buildReview(
  sentences: readonly ReviewSentence[],
  columns: readonly string[],
  limit = 5000,
): Promise<Review> {
  const kept = sentences.slice(0, limit);
  const types = [
    ...new Set(kept.flatMap(({ sides }) => sides.flatMap((side) => side.entities.flatMap(({ type }) => type ?? [])))),
  ];
  const width = columns.length > 2 ? 1120 : 570;
  const drawings: string[] = [];
  for (let from = 0; from < kept.length; from += sentencesPerBlock) {
    const block = kept.slice(from, from + sentencesPerBlock).map(({ sentence, sides }) =>
      sides.map((side, column) =>
        toSvg(drawable(sentence, side), {
          width,
          types,
          fontSize: drawingFontSize,
          background: false,
          styles: false,
          title: `${columns[column] ?? ""}: ${sentence.id}`,
        }),
      ),
    );
    drawings.push(await compressToBase64(JSON.stringify(block)));
  }
  return { data: { columns, left: sentences.length - kept.length, sentences: kept.map(inCharacters) }, drawings };
}

/** Converts findings to the form of a review, mistakes only. @param side their column */
export function reviewFindings({ relations, entities }: Findings, side = 1, withCorrect = false): ReviewFinding[] {
  const ofRelations = relations.map(({ kind, gold, predicted, head, tail }): ReviewFinding => {
    return { side, what: "relation", kind, gold, predicted, head: [head.start, head.end], tail: [tail.start, tail.end] };
  });
  const ofEntities = entities.map(({ kind, gold, predicted }): ReviewFinding => {
    const { start, end } = gold ?? predicted ?? { start: 0, end: 0 };
    return { side, what: "entity", kind, gold: typeOf(gold), predicted: typeOf(predicted), head: [start, end], tail: null };
  });
  return [...ofRelations, ...ofEntities].filter(({ kind }) => withCorrect || kind !== "correct");
}

/** "untyped" for an entity without a type, `null` without an entity. */
function typeOf(entity: { readonly type: string | null } | null): string | null {
  return entity === null ? null : (entity.type ?? "untyped");
}

function drawable({ id, tokens }: Sentence, { entities, relations }: Annotation): Drawable {
  return documentFromSentence({ id, tokens, entities, relations });
}

function inCharacters({ sentence, findings, verdict = "" }: ReviewSentence): ReviewData["sentences"][number] {
  const { text, tokens } = documentFromSentence(sentence);
  const place = ([start, end]: readonly [number, number]): [number, number] => [
    tokens[start]?.start ?? 0,
    tokens[end - 1]?.end ?? 0,
  ];
  return {
    id: sentence.id,
    text,
    verdict,
    findings: findings.map((finding) => ({
      ...finding,
      head: place(finding.head),
      tail: finding.tail === null ? null : place(finding.tail),
    })),
  };
}
