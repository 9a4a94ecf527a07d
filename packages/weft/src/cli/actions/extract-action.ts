import { UsageError } from "@weft-nlp/node/errors";
import { extractFiles, type KeptOutput } from "@weft-nlp/node/extraction";
import { Extractor, modelIdentity } from "@weft-nlp/node/extractor";
import { type RecordInput, readInput, recordInputFor, recordsOfDocuments, standardStream } from "@weft-nlp/node/files";
import type { Handler } from "../command.ts";
import type { extractCommand } from "../commands/extract-command.ts";
import { faultPolicyOf } from "../fault-policy.ts";
import { faultWords, keptWords, withKept } from "../kept-output.ts";
import { kernelsNote } from "../kernels-note.ts";
import { checkedBase, tripleTargets } from "../triple-targets.ts";
import { count, skippedWords } from "../words.ts";

export const run: Handler<typeof extractCommand> = async (context, { model, files, ...options }) => {
  const { terminal, signal } = context;
  const { format, out, base: givenBase, escapeFormulas, range, firstLine: line } = options;
  const base = checkedBase(givenBase);
  const targets = tripleTargets(out, format);
  if (terminal.json && targets.some(({ path }) => path === standardStream)) {
    throw new UsageError("--json prints the counts, so the output must be a file", "name it with --out");
  }
  const policy = faultPolicyOf(options.onError, options.quarantine);
  if (line !== undefined && range === undefined) throw new UsageError("--first-line needs --range");
  const { input, from, newlines, textField } = options;
  const paths = files.length === 0 ? [standardStream] : files;
  const byLine = new Map<string, RecordInput | undefined>();
  const ranged = range !== undefined;
  for (const path of paths) byLine.set(path, await recordInputFor(path, { input, from, newlines, ranged }));
  const identity = await modelIdentity(model);
  const extractor = await Extractor.open(model, options);
  const note = kernelsNote(options);
  if (note !== undefined) terminal.say(note);
  const bar = terminal.progress("extracting", 0);
  let kept: KeptOutput | undefined;
  let skipped = 0;
  const { threshold, minConfidence, window, overlap, blank, ids, resume, checkpointSeconds } = options;
  const own = extractor.model.description.text;
  const text = newlines === undefined ? own : { ...own, newlines };
  const extracting = extractFiles({
    ...{ extractor, identity, identityIn: options.identity, targets, ...policy, resume, checkpointSeconds, signal },
    files: paths,
    reading: { text, blank, range: range && { ...range, line }, ...(ids === "byte" ? { ids } : {}) },
    recordInput: (path) => byLine.get(path),
    otherRecords: (path, stopped) =>
      recordsOfDocuments(path, readInput(path, { input, from, textField, text, signal: stopped, onSkipped: () => skipped++ })),
    writing: { base, escapeFormulas },
    extraction: { threshold, minConfidence, window, overlap },
    onProgress: ({ records }) => bar.update(records),
    onResume: ({ documents }) => terminal.say(`resuming after ${count(documents, "document")}`),
    onStop: (left) => (kept = left),
  }).catch((error: unknown) => {
    bar.stop();
    if (signal.aborted && kept !== undefined) terminal.say(keptWords(kept));
    throw withKept(error, kept);
  });
  const counts = await closing(extracting, async () => {
    bar.stop();
    await extractor.close();
  });
  const { documents, entities, relations, faults, records, longSentences } = counts;
  if (terminal.json) {
    const written = targets.map((target) => ({ path: target.path, format: target.format.name }));
    const quarantine = policy.quarantine === undefined ? {} : { quarantine: policy.quarantine };
    const totals = { records, documents, entities, relations, faults, longSentences };
    await terminal.printJson({ ...totals, model: identity, outputs: written, ...quarantine });
  }
  if (skipped > 0) terminal.say(skippedWords(skipped));
  for (const words of notesOn(longSentences, window)) terminal.say(words);
  terminal.say(
    `${count(relations, "relation")} in ${count(documents, "document")}${faultWords(faults, "; ", policy.quarantine)}`,
  );
  return faults === 0 ? 0 : 3;
};

/** Closes what some work needed when it ends, in whatever way. */
async function closing<Result>(work: Promise<Result>, close: () => Promise<void>): Promise<Result> {
  try {
    return await work;
  } finally {
    await close();
  }
}

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
