import type { Location } from "../errors.ts";

/** Where something is in the file: a line of XML, or a path in JSON. */
export interface BiocPlace {
  readonly path: string;
  readonly at: Location;
}

/** A piece of text with its offset in the document: a passage, or a sentence of one. */
export interface BiocPiece extends BiocPlace {
  readonly offset: number;
  readonly text: string;
  readonly kind: "passage" | "sentence";
}

export interface BiocAnnotation extends BiocPlace {
  readonly id: string;
  readonly infons: ReadonlyMap<string, string>;
  readonly text: string | undefined;
  readonly locations: readonly { readonly offset: number; readonly length: number }[];
}

export interface BiocRelation extends BiocPlace {
  readonly id: string;
  readonly infons: ReadonlyMap<string, string>;
  readonly nodes: readonly { readonly refid: string; readonly role: string }[];
}

/** A document of BioC, whether it was XML or JSON. */
export interface BiocDocument {
  readonly id: string;
  readonly pieces: readonly BiocPiece[];
  readonly annotations: readonly BiocAnnotation[];
  readonly relations: readonly BiocRelation[];
  /** Whether the document or a passage has infons. */
  readonly hasInfons: boolean;
}
