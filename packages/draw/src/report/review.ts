import { type Annotation, documentFromSentence, type Sentence } from "@weft-nlp/core";
import type { EntityFinding, Findings, RelationFinding } from "@weft-nlp/core/metrics";
import { type Drawable, toSvg } from "../drawing/index.ts";
import { compressToBase64 } from "./compress.ts";

/**
 * A sentence to look at: what several sides say of it, side by side, and what is wrong with each.
 */
export interface ReviewSentence {
  readonly sentence: Sentence;
  /** One annotation a column, gold first. */
  readonly sides: readonly Annotation[];
  /** Mistakes, and what is right where a reader needs it to compare. */
  readonly findings: readonly ReviewFinding[];
  /** Words that a reader can filter by, such as "better". */
  readonly verdict?: string | undefined;
}

/** A relation or an entity with what gold and one side say of it. Spans count tokens. */
export interface ReviewFinding {
  /** Whose finding it is: the number of its column; 1 is the first side after gold. */
  readonly side: number;
  readonly what: "relation" | "entity";
  readonly kind: RelationFinding["kind"] | EntityFinding["kind"];
  readonly gold: string | null;
  readonly predicted: string | null;
  readonly head: readonly [start: number, end: number];
  readonly tail: readonly [start: number, end: number] | null;
}

/** What the page's script reads: spans count UTF-16 units of `text`. */
export interface ReviewData {
  readonly columns: readonly string[];
  /** Sentences that are not in the page because there are too many. */
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
   * Gzip in base64, `sentencesPerBlock` sentences a block: a JSON list with a list of drawings for
   * each sentence.
   */
  readonly drawings: readonly string[];
}

export const sentencesPerBlock = 20;
export const drawingFontSize = 15;

/**
 * Sentences in the form that a page holds, each side drawn. Drawings are compressed, because a
 * thousand of them are 7 MB of text, and the page unpacks a block when it shows a sentence of it.
 *
 * @param columns what stands above each side, gold first
 * @param limit how many sentences at most; the rest is counted
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

/** The mistakes among findings, in the form of a review. @param side the column they belong to */
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

/** "untyped" where data has no types, `null` where there is no entity. */
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
