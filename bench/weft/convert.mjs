// One case of `npm run bench -- convert`: makes a corpus of the given size, converts it with the
// command in a separate process, and removes both. Prints one line of JSON; the measure is MB of
// input per second, under the name that the harness reads.
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { collectText, formats } from "@weft-nlp/core/formats";
import { documentsWorkload } from "../lib/documents-workload.mjs";
import { readOptions } from "../lib/options.mjs";

const { options } = readOptions(process.argv.slice(2));
const [from, to] = options.pair.split(":");
const wanted = Number(options.megabytes) * 1e6;
const folder = mkdtempSync(join(options.folder ?? tmpdir(), "weft-bench-convert-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

const input = join(folder, formats[from].layout === "folder" ? "input" : `input${formats[from].extensions[0]}`);
const { bytes, documents } = await make();
const begun = performance.now();
const { peakMb, said } = await convert(
  input,
  join(folder, formats[to].layout === "folder" ? "output" : `output${formats[to].extensions[0]}`),
);
const seconds = (performance.now() - begun) / 1000;
if (!said.includes(`"documents":${documents},`) && !said.includes(`"documents": ${documents},`)) {
  throw new Error(`the command did not report ${documents} documents: ${said.slice(0, 200)}`);
}
console.log(JSON.stringify({ sentences_per_second: bytes / 1e6 / seconds, rss_mb: peakMb, documents, bytes, seconds }));

/**
 * Writes the same five hundred documents repeatedly, each time with new ids, which makes a corpus
 * of any size quickly.
 */
async function make() {
  let bytes = 0;
  let count = 0;
  const isFolder = formats[from].layout === "folder";
  if (isFolder) mkdirSync(input);
  const file = isFolder ? undefined : openSync(input, "w");
  const given = taken(500);
  const printed = await Promise.all(given.map((document) => collectText(formats[from].write([document]))));
  const whole = await collectText(formats[from].write(given));
  while (bytes < wanted) {
    const { text, files } = printed[count % printed.length];
    if (file !== undefined) bytes += writeSync(file, text.replace(/"id":"[^"]*"/, `"id":"article-${count}"`));
    for (const [name, content] of files) {
      if (!isOwn(name)) continue;
      writeFileSync(join(input, name.replace(/^doc-\d+/, `article-${count}`)), content);
      bytes += Buffer.byteLength(content);
    }
    count++;
  }
  // Files that all documents share, such as brat's annotation.conf.
  for (const [name, content] of whole.files) {
    if (!isOwn(name)) writeFileSync(join(isFolder ? input : folder, name), content);
  }
  if (file !== undefined) closeSync(file);
  return { bytes, documents: count };
}

function taken(count) {
  const documents = [];
  for (const document of documentsWorkload()) {
    if (documents.length === count) break;
    documents.push(document);
  }
  return documents;
}

function convert(input, output) {
  const hook = new URL("../lib/peak-memory.mjs", import.meta.url).href;
  const command = fileURLToPath(new URL("../../packages/weft/bin/weft.js", import.meta.url));
  const args = ["--import", hook, command, "convert", input, output, "--from", from, "--to", to, "--json"];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    let complaints = "";
    child.stdout.on("data", (chunk) => (said += chunk));
    child.stderr.on("data", (chunk) => (complaints += chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const peak = /^peak (\d+)$/m.exec(complaints);
      if (code !== 0 || peak === null) reject(new Error(`the command exited with ${code}: ${complaints}`));
      else resolve({ peakMb: Number(peak[1]), said });
    });
  });
}

/** Whether a file belongs to one document. */
function isOwn(name) {
  return name.startsWith("doc-");
}
