export { eightSentences, sentence, withLastRelations } from "./example-sentences.ts";
