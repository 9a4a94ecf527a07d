import { DataError, type Location } from "../errors.ts";
import type { Omission, Span } from "../schema/index.ts";
import type { Line } from "./shared/lines.ts";

/** A mention on a T line; its pieces count characters of the text. */
export interface BratSpan {
  readonly id: string;
  readonly type: string;
  readonly pieces: readonly Span[];
  readonly text: string;
  readonly line: number;
}

interface BratEnd {
  readonly role: string;
  readonly target: string;
}

export interface BratRelation {
  readonly id: string;
  readonly type: string;
  readonly ends: readonly [BratEnd, BratEnd];
  readonly line: number;
}

/** A note on a mention or a relation. */
interface BratNote {
  readonly id: string;
  /** The id of what it is about. */
  readonly target: string;
  readonly text: string;
  readonly line: number;
}

export interface BratStandoff {
  readonly spans: readonly BratSpan[];
  readonly relations: readonly BratRelation[];
  readonly notes: readonly BratNote[];
  /** Ids of annotation that could not be carried over. */
  readonly otherIds: ReadonlySet<string>;
  readonly omissions: readonly Omission[];
}

/**
 * Parses the lines of an .ann file. Reports what Weft cannot represent.
 *
 * @throws {DataError} FIELD_INVALID at the first line that is not valid or repeats an id
 */
export async function parseStandoff(groups: AsyncIterable<readonly Line[]>, source: string | undefined): Promise<BratStandoff> {
  const spans: BratSpan[] = [];
  const relations: BratRelation[] = [];
  const notes: BratNote[] = [];
  const omissions: Omission[] = [];
  const seen = new Map<string, number>();
  const otherIds = new Set<string>();
  for await (const lines of groups)
    for (const { text, number: line } of lines) {
      if (!/\S/.test(text)) continue;
      const [id = "", fields = "", words = ""] = splitLine(text);
      const at = { source, line, path: /^\S{1,20}$/.test(id) ? id : undefined };
      const other = Object.hasOwn(otherKinds, id.charAt(0)) ? otherKinds[id.charAt(0)] : undefined;
      if (id !== "*" && !/^[TREAMN#]\d+$/.test(id))
        throw invalid(at, `expected an id such as T1 and a tab, found ${quoted(text)}`);
      const first = seen.get(id);
      if (first !== undefined) throw invalid(at, `the id ${id} is a duplicate; it is first on line ${first}`);
      if (id !== "*") seen.set(id, line);
      const [, target] = /^AnnotatorNotes ([TR]\d+)$/.exec(fields) ?? [];
      if (id.startsWith("#") && target !== undefined) notes.push({ id, target, text: words, line });
      else if (other !== undefined) {
        otherIds.add(id);
        omissions.push({ source, line, path: id, reason: other });
      } else if (id.startsWith("T")) spans.push({ id, ...parseMention(fields, at), text: words, line });
      else relations.push({ id, ...parseRelation(fields, at), line });
    }
  return { spans, relations, notes, otherIds, omissions };
}

const otherKinds: Readonly<Record<string, string>> = {
  E: "Weft has no events",
  A: "Weft has no attributes of mentions",
  M: "Weft has no attributes of mentions",
  N: "Weft has no references to knowledge bases",
  "#": "Weft has only the notes of annotators, on mentions and relations",
  "*": "Weft has no equivalence of mentions",
};

/** Splits at the first two tabs only; the words of a mention may contain more. */
function splitLine(text: string): string[] {
  const first = text.indexOf("\t");
  if (first < 0) return [text];
  const second = text.indexOf("\t", first + 1);
  if (second < 0) return [text.slice(0, first), text.slice(first + 1)];
  return [text.slice(0, first), text.slice(first + 1, second), text.slice(second + 1)];
}

function parseMention(fields: string, at: Location): Pick<BratSpan, "type" | "pieces"> {
  const match = /^(\S+) +(\d+ +\d+(?: *; *\d+ +\d+)*) *$/.exec(fields);
  if (match === null) throw invalid(at, `expected a type and offsets such as "PER 0 3", found ${quoted(fields)}`);
  const [, type = "", offsets = ""] = match;
  const pieces = offsets.split(";").map((piece) => {
    const [start = 0, end = 0] = piece.trim().split(/ +/).map(Number);
    return { start, end };
  });
  pieces.sort((a, b) => a.start - b.start);
  for (const [index, { start, end }] of pieces.entries()) {
    if (end <= start) {
      throw new DataError("SPAN_EMPTY", {
        at,
        message: `the piece from ${start} to ${end} is empty`,
        hint: "ends are exclusive",
      });
    }
    if (start < (pieces[index - 1]?.end ?? 0)) throw invalid(at, `the pieces of the mention overlap at character ${start}`);
  }
  return { type, pieces };
}

function parseRelation(fields: string, at: Location): Pick<BratRelation, "type" | "ends"> {
  const match = /^(\S+) +([^\s:]+):(\S+) +([^\s:]+):(\S+)\s*$/.exec(fields);
  if (match === null)
    throw invalid(at, `expected a type and two ends such as "works_for Arg1:T1 Arg2:T2", found ${quoted(fields)}`);
  const [, type = "", firstRole = "", first = "", secondRole = "", second = ""] = match;
  if (firstRole === secondRole) throw invalid(at, `both ends have the role ${firstRole}`);
  return {
    type,
    ends: [
      { role: firstRole, target: first },
      { role: secondRole, target: second },
    ],
  };
}

function invalid(at: Location, message: string): DataError {
  const hint = "a mention is T1<tab>TYPE START END<tab>WORDS, a relation R1<tab>TYPE Arg1:T1 Arg2:T2";
  return new DataError("FIELD_INVALID", { at, message, hint });
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
