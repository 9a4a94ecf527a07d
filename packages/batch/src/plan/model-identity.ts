// Commands that plan load this alone, not all that opens and changes models.
export { modelIdentity } from "@weft-nlp/node/extractor";
