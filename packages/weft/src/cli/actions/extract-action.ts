import type { LongSentence } from "@weft-nlp/core/inference";
import { UsageError } from "@weft-nlp/node";
import { Extractor, modelIdentity } from "@weft-nlp/node/extractor";
import { readInput, standardStream } from "@weft-nlp/node/files";
import { openTriples, type TripleOutput } from "@weft-nlp/node/triples";
import type { Handler } from "../command.ts";
import type { extractCommand } from "../commands/extract-command.ts";
import { kernelsNote } from "../kernels-note.ts";
import { checkedBase, tripleTargets } from "../triple-targets.ts";
import { count } from "../words.ts";

export const run: Handler<typeof extractCommand> = async (context, { model, files, ...options }) => {
  const { terminal, signal } = context;
  const { format, out, base: givenBase, escapeFormulas, ...extraction } = options;
  const base = checkedBase(givenBase);
  const targets = tripleTargets(out, format);
  if (terminal.json && targets.some(({ path }) => path === standardStream)) {
    throw new UsageError("--json prints the counts, so the output must be a file", "name it with --out");
  }
  const identity = await modelIdentity(model);
  const extractor = await Extractor.open(model, options);
  const note = kernelsNote(options);
  if (note !== undefined) terminal.say(note);
  const bar = terminal.progress("extracting", 0);
  const total = { documents: 0, entities: 0, relations: 0 };
  const long = { sentences: 0, windows: 0, unread: 0 };
  const onLongSentence = ({ windows, unread }: LongSentence): void => {
    long.sentences++;
    long.windows += windows;
    long.unread += unread;
  };
  const own = extractor.model.description.text;
  let skipped = 0;
  const outputs: TripleOutput[] = [];
  // The input is read ahead: a failure of the output must end a read that waits for more of it.
  const stop = new AbortController();
  try {
    for (const target of targets)
      outputs.push(await openTriples(target.path, target.format, { model: identity, base, escapeFormulas }));
    for (const path of files.length === 0 ? [standardStream] : files) {
      const input = readInput(path, {
        input: options.input,
        from: options.from,
        textField: options.textField,
        text: options.newlines === undefined ? own : { ...own, newlines: options.newlines },
        signal: AbortSignal.any([signal, stop.signal]),
        onSkipped: () => skipped++,
      });
      for await (const document of extractor.documents(input, { ...extraction, signal, onLongSentence })) {
        total.documents++;
        total.entities += document.entities.length;
        total.relations += document.relations.length;
        for (const output of outputs) await output.write(document);
        bar.update(total.documents);
      }
    }
    for (const output of outputs) await output.close();
  } catch (cause) {
    stop.abort();
    for (const output of outputs) await output.abort();
    throw cause;
  } finally {
    bar.stop();
    await extractor.close();
  }
  if (terminal.json) {
    const written = targets.map((target) => ({ path: target.path, format: target.format.name }));
    await terminal.printJson({ ...total, longSentences: long, model: identity, outputs: written });
  }
  terminal.say(`${count(total.relations, "relation")} in ${count(total.documents, "document")}`);
  if (skipped > 0)
    terminal.say(`skipped ${count(skipped, "file")} that ${skipped === 1 ? "is" : "are"} not text, HTML, PDF or JSONL`);
  for (const note of notesOn(long, options.window)) terminal.say(note);
};

/** A note about sentences that were read in windows. */
function notesOn(
  { sentences, windows, unread }: { sentences: number; windows: number; unread: number },
  window: number,
): string[] {
  if (sentences === 0) return [];
  const read = `${count(sentences, "sentence")} of more than ${count(window, "token")}, read in ${count(windows, "overlapping window")}`;
  const missed = `${count(unread, "entity", "entities")} of the input fit no window and were skipped; a larger --overlap may help`;
  return unread === 0 ? [read] : [read, missed];
}
