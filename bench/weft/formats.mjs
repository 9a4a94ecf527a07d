// One case of `npm run bench -- formats`. Prints one line of JSON; the measure is MB per second of
// processor time, which other work on the machine does not affect, under the name that the harness
// reads.
import { inputFormats, outputFormats } from "@weft-nlp/core/formats";
import { corpusFiles } from "../lib/corpus-files.mjs";
import { documentsWorkload } from "../lib/documents-workload.mjs";
import { readOptions } from "../lib/options.mjs";

const minSeconds = 1;
const { options } = readOptions(process.argv.slice(2));
const documents = take(100);
let { files, bytes } = await filesOf(documents);
if (bytes < Number(options.megabytes) * 1e6) {
  documents.push(...take(Math.round((documents.length * Number(options.megabytes) * 1e6) / bytes)).slice(documents.length));
  ({ files, bytes } = await filesOf(documents));
}
const work = options.group === "read" ? readAll : writeAll;
const max = await work();
let passes = 0;
const begun = process.cpuUsage();
const seconds = () => {
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1e6;
};
while (seconds() < minSeconds) {
  if ((await work()) !== max) throw new Error("two passes differ");
  passes++;
}
const speed = (bytes * passes) / 1e6 / seconds();
const rss_mb = Math.round(process.resourceUsage().maxRSS / 1024);
console.log(
  JSON.stringify({
    sentences_per_second: speed,
    rss_mb,
    documents: documents.length,
    bytes,
    things: max,
  }),
);

function take(count) {
  const taken = [];
  for (const document of documentsWorkload()) {
    if (taken.length === count) break;
    taken.push(document);
  }
  return taken;
}

async function filesOf(documents) {
  const files = await corpusFiles(options.format, documents);
  return { files, bytes: [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0) };
}

/** The number of entities and relations read. */
async function readAll() {
  const format = inputFormats.find(options.format);
  const mains =
    format.layout === "folder" ? [...files].filter(([name]) => name.endsWith(format.extensions[0])) : [["", files.get("")]];
  let things = 0;
  for (const [name, text] of mains) {
    const base = name.slice(0, name.length - format.extensions[0].length);
    const read = (file) => {
      const found = files.get(file.startsWith(".") ? base + file : file);
      return found === undefined ? undefined : pieces(found);
    };
    for await (const event of format.read(pieces(text), { source: name, companions: { read } })) {
      if (event.kind === "document") things += event.document.entities.length + event.document.relations.length;
    }
  }
  return things;
}

/** The number of characters written. */
async function writeAll() {
  let units = 0;
  for await (const event of outputFormats.find(options.format).write(documents))
    if (event.kind === "text") units += event.text.length;
  return units;
}

/** Splits text into the chunks in which a file is read. */
async function* pieces(text) {
  for (let from = 0; from < text.length; from += 1 << 17) yield text.slice(from, from + (1 << 17));
}
