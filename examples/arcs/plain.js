// Draws a sentence, and keeps what a person marks and relates in it.
const drawing = document.querySelector("#drawing");
const triples = document.querySelector("#triples");
let sentence = {
  tokens: ["Ada", "leads", "Acme", "in", "Oslo"],
  entities: [
    { start: 0, end: 1, type: "PER" },
    { start: 2, end: 3, type: "ORG", confidence: 0.8 },
  ],
  relations: [],
};

function show(next) {
  sentence = next;
  drawing.document = sentence;
  const words = ({ start, end }) => sentence.tokens.slice(start, end).join(" ");
  const lines = sentence.relations.map(({ head, tail, type }) => [
    words(sentence.entities[head]),
    type,
    words(sentence.entities[tail]),
  ]);
  triples.textContent = lines.map((line) => line.join(" ")).join("\n");
}

// The element never changes its document: it says what a person did, and the page decides.
drawing.addEventListener("weft-mark", ({ detail: { start, end } }) => {
  show({ ...sentence, entities: [...sentence.entities, { start, end, type: "LOC" }] });
});
drawing.addEventListener("weft-relate", ({ detail: { head, tail } }) => {
  show({ ...sentence, relations: [...sentence.relations, { head, tail, type: "leads" }] });
});
show(sentence);
