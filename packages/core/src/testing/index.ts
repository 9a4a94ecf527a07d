export { eightSentences, sentence, withLastRelations } from "./sentences.ts";
