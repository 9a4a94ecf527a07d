import type { Document } from "@weft-nlp/core";
import {
  checkBase,
  defaultBase,
  documentName,
  entityName,
  mentionName,
  modelName,
  RecentSet,
  relationName,
  rounded,
  statementName,
  statementsOf,
  type TripleFormat,
  type TripleOptions,
  typeName,
} from "@weft-nlp/core/triples";
import { DataFactory, type Literal, Writer } from "n3";

type Node = ReturnType<typeof DataFactory.namedNode>;
type Quad = readonly [subject: Node, predicate: Node, object: Node | Literal];

const prefixes = {
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  rdfs: "http://www.w3.org/2000/01/rdf-schema#",
  xsd: "http://www.w3.org/2001/XMLSchema#",
  prov: "http://www.w3.org/ns/prov#",
  dcterms: "http://purl.org/dc/terms/",
  weft: "urn:weft:vocabulary:",
} as const;

/** Writes RDF with the package n3. @param send receives the text in pieces */
export function openRdfWriter(
  format: "N-Triples" | "Turtle",
  send: (text: string) => void | Promise<void>,
  options: TripleOptions = {},
): ReturnType<TripleFormat["open"]> {
  const base = checkBase(options.base ?? defaultBase);
  let pieces: string[] = [];
  const stream = { write: (piece: string) => void pieces.push(piece), end: () => undefined };
  const short = { ...prefixes, entity: `${base}entity/`, relation: `${base}relation/`, type: `${base}type/` };
  const writer = new Writer(stream, { format, ...(format === "Turtle" ? { prefixes: short } : {}) });
  const said = new RecentSet();
  const flush = async (): Promise<void> => {
    const text = pieces.join("");
    pieces = [];
    if (text !== "") await send(text);
  };
  const add = (quads: Iterable<Quad>): void => {
    for (const [subject, predicate, object] of quads) writer.addQuad(subject, predicate, object);
  };
  let begun = false;
  const begin = (): void => {
    if (!begun) add(modelQuads(base, options));
    begun = true;
  };
  return {
    async write(document) {
      begin();
      add(documentQuads(document, base, options, said));
      await flush();
    },
    async end() {
      begin();
      writer.end();
      await flush();
    },
  };
}

const namedNode = (iri: string): Node => DataFactory.namedNode(iri);
const literal = (text: string, type?: Node): Literal => DataFactory.literal(text, type);

/**
 * The RDF vocabulary in use: https://www.w3.org/TR/rdf-schema/ for reification,
 * https://www.w3.org/TR/prov-o/ for who and where.
 */
const a = namedNode(`${prefixes.rdf}type`);
const label = namedNode(`${prefixes.rdfs}label`);
const rdf = (name: string): Node => namedNode(prefixes.rdf + name);
const prov = (name: string): Node => namedNode(prefixes.prov + name);
const weft = (name: string): Node => namedNode(prefixes.weft + name);

function* modelQuads(base: string, { model }: TripleOptions): Generator<Quad> {
  if (model === undefined) return;
  const node = namedNode(base + modelName(model.digest));
  yield [node, a, prov("SoftwareAgent")];
  yield [node, label, literal(model.name)];
  yield [node, weft("digest"), literal(model.digest)];
  yield [node, weft("version"), literal(model.version)];
}

/**
 * A document as RDF. Each relation is a plain triple between two entities, and a reified statement
 * with its place, its confidence and the model that found it. Entities are named by their text and
 * type.
 */
function* documentQuads(source: Document, base: string, { model }: TripleOptions, said: RecentSet): Generator<Quad> {
  const { document, mentions, statements } = statementsOf(source);
  const place = namedNode(base + documentName(document));
  const agent = model === undefined ? undefined : namedNode(base + modelName(model.digest));
  yield [place, a, weft("Document")];
  yield [place, namedNode(`${prefixes.dcterms}identifier`), literal(document)];
  for (const mention of mentions) {
    const { text, type, chars, sentence, confidence } = mention;
    const name = entityName(mention);
    const entity = namedNode(base + name);
    if (said.add(name)) {
      yield [entity, a, weft("Entity")];
      if (type !== null) yield [entity, a, namedNode(base + typeName(type))];
      yield [entity, label, literal(text)];
      if (type !== null && said.add(typeName(type))) yield [namedNode(base + typeName(type)), label, literal(type)];
    }
    const node = namedNode(base + mentionName(document, mention));
    yield [node, a, weft("Mention")];
    yield [node, weft("entity"), entity];
    yield [node, prov("wasDerivedFrom"), place];
    yield [node, weft("start"), integer(chars.start)];
    yield [node, weft("end"), integer(chars.end)];
    yield* known(node, sentence, confidence, agent);
  }
  for (const statement of statements) {
    const { head, relation, tail, confidence } = statement;
    const [subject, object] = [namedNode(base + entityName(head)), namedNode(base + entityName(tail))];
    const predicate = namedNode(base + relationName(relation));
    if (said.add(relationName(relation))) yield [predicate, label, literal(relation)];
    yield [subject, predicate, object];
    const node = namedNode(base + statementName(document, statement));
    yield [node, a, rdf("Statement")];
    yield [node, rdf("subject"), subject];
    yield [node, rdf("predicate"), predicate];
    yield [node, rdf("object"), object];
    yield [node, weft("head"), namedNode(base + mentionName(document, head))];
    yield [node, weft("tail"), namedNode(base + mentionName(document, tail))];
    yield [node, prov("wasDerivedFrom"), place];
    yield* known(node, head.sentence, confidence, agent);
  }
}

/** Optional properties of mentions and statements. */
function* known(node: Node, sentence: number | null, confidence: number | undefined, agent: Node | undefined): Generator<Quad> {
  const sure = rounded(confidence);
  if (sentence !== null) yield [node, weft("sentence"), integer(sentence)];
  if (sure !== null) yield [node, weft("confidence"), literal(String(sure), namedNode(`${prefixes.xsd}decimal`))];
  if (agent !== undefined) yield [node, prov("wasAttributedTo"), agent];
}

function integer(value: number): Literal {
  return literal(String(value), namedNode(`${prefixes.xsd}integer`));
}
