import { checkBase, defaultBase, type TripleFormat, type TripleOptions } from "@weft-nlp/core/triples";
import { FileError } from "../errors.ts";

/**
 * One triple per line with full names, for bulk loading and for tools that cut, sort and join text.
 */
export const ntriples: TripleFormat = {
  name: "ntriples",
  title: "N-Triples",
  extension: ".nt",
  mediaType: "application/n-triples",
  describe: "RDF, one triple per line, for bulk loading into any triple store",
  holds: "entities",
  open: (sink, options) => openRdf("N-Triples", (text) => sink.write(text), options),
};

/** The same triples with prefixes, grouped by subject. */
export const turtle: TripleFormat = {
  name: "turtle",
  title: "Turtle",
  extension: ".ttl",
  mediaType: "text/turtle",
  describe: "RDF with prefixes, grouped by subject, to read and to load",
  holds: "entities",
  open: (sink, options) => openRdf("Turtle", (text) => sink.write(text), options),
};

type RdfWriter = ReturnType<TripleFormat["open"]>;

/**
 * A writer that loads the package n3 with the first document, so that programs without RDF need not
 * install it.
 */
function openRdf(
  format: "N-Triples" | "Turtle",
  send: (text: string) => void | Promise<void>,
  options: TripleOptions = {},
): RdfWriter {
  checkBase(options.base ?? defaultBase);
  let loading: Promise<RdfWriter> | undefined;
  const writer = (): Promise<RdfWriter> => {
    loading ??= load(format, send, options);
    return loading;
  };
  return {
    write: async (document) => (await writer()).write(document),
    end: async () => (await writer()).end(),
  };
}

async function load(...args: Parameters<typeof openRdf>): Promise<RdfWriter> {
  try {
    const { openRdfWriter } = await import("./rdf-writer.ts");
    return openRdfWriter(...args);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND")) throw cause;
    throw new FileError("PACKAGE_MISSING", {
      message: "writing RDF needs the package n3, which is not installed",
      hint: "npm install n3; the package weft-nlp includes it",
      cause,
    });
  }
}
