/**
 * @typedef {{ predicted: number, gold: number, correct: number, precision: number, recall: number,
 *   f1: number }} Score
 * @typedef {{ micro: Score, byType: Record<string, Score> }} Scores
 * @typedef {{ sentences: number, protocols: Record<string, Scores> }} Report
 */

/**
 * The README of packages/model-en: what the model knows, its scores by type, and its limits.
 *
 * @param {object} facts
 * @param {Report} facts.dev
 * @param {Report} facts.test
 * @param {number} facts.omitted the number of types in the data that the model did not learn
 * @param {Readonly<Record<string, string>>} facts.ids names of relations by Wikidata's ids
 */
export function modelCard({ dev, test, omitted, ids }) {
  const idOf = new Map(Object.entries(ids).map(([id, name]) => [name, id]));
  const strict = scoresOf(test, "strict");
  const entities = scoresOf(test, "ner-strict");
  const known = Object.entries(strict.byType);
  const gold = known.reduce((sum, [, score]) => sum + score.gold, 0);
  const correct = known.reduce((sum, [, score]) => sum + score.correct, 0);
  const predicted = known.reduce((sum, [, score]) => sum + score.predicted, 0);
  const devTypes = scoresOf(dev, "strict").byType;
  const rows = known
    .toSorted(([, a], [, b]) => b.gold - a.gold)
    .map(
      ([type, score]) =>
        `| \`${type}\` | ${idOf.get(type) ?? ""} | ${percent(devTypes[type]?.precision)} | ${percent(score.precision)} | ${percent(score.recall)} | ${score.gold} |`,
    );
  const entityRows = Object.entries(entities.byType)
    .toSorted(([, a], [, b]) => b.gold - a.gold)
    .map(
      ([type, score]) =>
        `| \`${type}\` | ${percent(score.precision)} | ${percent(score.recall)} | ${percent(score.f1)} | ${score.gold} |`,
    );
  return `# @weft-nlp/model-en

A model to start with: it finds people, places, organisations, works, dates and numbers in English
sentences, and ${known.length} relations between them, named after Wikidata's properties. \`weft extract\`
uses it if no model is named.

It is a recurrent interaction network (RIN) with the vectors of
[@weft-nlp/vectors-en](../vectors-en/README.md), trained on the sentences of Re-DocRED: introductions
of English Wikipedia articles. Each relation type has a threshold of its own, for a precision of 75 %
on dev. The ${omitted} types of the data that do not reach it are left out. So the model says little, and
most of it is right.

## What it knows

Test data, ${test.sentences.toLocaleString("en")} sentences that neither training nor thresholds have seen. A relation is right if its
type, both spans and both entity types are right. Of the relations found, **${percent(correct / predicted)} %** are right; of
those annotated with these types, ${percent(correct / gold)} % are found. Entities: F1 ${percent(entities.micro.f1)} (precision ${percent(entities.micro.precision)},
recall ${percent(entities.micro.recall)}). The annotation is not complete, so some relations that count as wrong are right.

| relation | Wikidata | precision, dev | precision, test | recall, test | annotated, test |
|---|---|---:|---:|---:|---:|
${rows.join("\n")}

| entity | precision | recall | F1 | annotated, test |
|---|---:|---:|---:|---:|
${entityRows.join("\n")}

## Limits

- It reads one sentence at a time and does not resolve pronouns: "he was born in Oslo" gives nothing
  about him.
- It learnt from encyclopaedia text. News, mail and technical text are different, and it is wrong more
  often there. Train on a few hundred sentences of your own, from this model with
  \`init: "@weft-nlp/model-en"\` or from nothing.
- \`LOC\` includes nationalities ("German"), as in the data. \`MISC\` is works, events and products.
- A relation between a person and a place says what the sentence says, not what is true.

## Where it comes from

\`node scripts/build-model.mjs DATA\` builds it again from
[Re-DocRED](https://github.com/tonytan48/Re-DocRED) (MIT; Tan et al. 2022, after DocRED, Yao et al.
2019), whose text is Wikipedia's (CC BY-SA). The vectors are GloVe's (PDDL 1.0). The model is under
the Apache License 2.0.
`;
}

/** @param {Report} report @param {string} protocol */
function scoresOf({ protocols }, protocol) {
  const scores = protocols[protocol];
  if (scores === undefined) throw new Error(`the report lacks ${protocol}`);
  return scores;
}

/** @param {number | undefined} share */
function percent(share) {
  return share === undefined || Number.isNaN(share) ? "–" : (100 * share).toFixed(1);
}
