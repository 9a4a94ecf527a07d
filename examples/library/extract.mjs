// Extracts entities and relations as a stream: documents in, annotated documents out.
import { documentFromText, loadModel, triplesOf } from "weft-nlp";
import { extract } from "weft-nlp/models";

const texts = [
  "Mara Voss founded Kettle Robotics in Bremen and still leads it.",
  "Nadia Okafor, who wrote The Salt Orchard, lives in Lagos.",
];

const model = await loadModel("examples/model");
const documents = texts.map((text, index) => documentFromText(`text-${index}`, text));
for await (const document of extract(model, documents, { minConfidence: 0.5 })) {
  for (const { head, relation, tail } of triplesOf(document))
    console.log(`${document.id}: ${head.text} | ${relation} | ${tail.text}`);
}
