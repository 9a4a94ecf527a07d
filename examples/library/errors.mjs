// Every error of Weft has a code and a message that names the place, and often a hint.
import { readDocuments, WeftError } from "weft-nlp";
import { jsonl } from "weft-nlp/formats";

async function* lines() {
  yield '{"tokens": ["Ada", "joined", "Acme"], "entities": [{"start": 0, "end": 1, "type": "PER"}],';
  yield ' "relations": [{"head": 0, "tail": 7, "type": "works_for"}]}\n';
}

try {
  for await (const event of jsonl.read(lines(), { source: "in memory" })) console.log(event.kind);
} catch (error) {
  if (!(error instanceof WeftError)) throw error;
  console.log(error.code, "|", error.message, "|", error.hint);
}

try {
  for await (const event of readDocuments("no-such-file.jsonl")) console.log(event.kind);
} catch (error) {
  console.log(error.code);
}
