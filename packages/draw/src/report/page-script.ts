/**
 * The source expression with which a content policy allows only `pageScript`; a server that sends
 * its own policy adds it. After a change of the script, the test reports the new value.
 */
export const pageScriptSource = "'sha256-kp+TwBH+asH+TLJh5U9x8fSbr2Wk9kd3U1p8/iSrMbI='";

/**
 * The script of a report: filters the list of sentences and shows it a few at a time. It reads only
 * the page's own data blocks and inserts text as text; the drawings are markup that `toSvg`
 * escaped.
 */
export const pageScript = String.raw`"use strict";
const data = JSON.parse(document.getElementById("review-data").textContent);
const form = document.getElementById("review-filter");
const list = document.getElementById("review-list");
const more = document.getElementById("review-more");
const status = document.getElementById("review-status");
const names = JSON.parse(form.dataset.names);
const stride = 20;
const perBlock = Number(form.dataset.perBlock);
const blocks = new Map();
let results = [];
let shown = 0;

const sentences = data.sentences.map((sentence, index) => ({
  ...sentence,
  index,
  haystack: [sentence.id, sentence.text, ...sentence.findings.flatMap(({ gold, predicted }) => [gold, predicted])].join("\n").toLowerCase(),
}));

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function whole(count) {
  return count.toLocaleString("en-US");
}

async function unpack(number) {
  const source = document.getElementById("drawings-" + number).textContent;
  const bytes = Uint8Array.from(atob(source), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

async function drawingsOf(index) {
  const number = Math.floor(index / perBlock);
  if (!blocks.has(number)) blocks.set(number, unpack(number));
  return (await blocks.get(number))[index % perBlock];
}

function fits(finding, wanted) {
  if (finding.kind === "correct") return false;
  if (wanted.kind && finding.what + " " + finding.kind !== wanted.kind) return false;
  if (wanted.gold && (finding.gold ?? "\u0000") !== wanted.gold) return false;
  if (wanted.predicted && (finding.predicted ?? "\u0000") !== wanted.predicted) return false;
  return true;
}

function apply() {
  const fields = new FormData(form);
  const wanted = Object.fromEntries(["kind", "gold", "predicted", "verdict", "view", "search"].map((name) => [name, String(fields.get(name) ?? "")]));
  if (wanted.gold === "(nothing)") wanted.gold = "\u0000";
  if (wanted.predicted === "(nothing)") wanted.predicted = "\u0000";
  const needle = wanted.search.trim().toLowerCase();
  const narrow = Boolean(wanted.kind || wanted.gold || wanted.predicted);
  const found = sentences.filter((sentence) =>
    (needle === "" || sentence.haystack.includes(needle)) &&
    (!wanted.verdict || sentence.verdict === wanted.verdict) &&
    (!narrow || sentence.findings.some((finding) => fits(finding, wanted))));
  const byPair = wanted.view === "pairs";
  results = byPair
    ? found.flatMap((sentence) => sentence.findings.filter((finding) => finding.what === "relation" && fits(finding, wanted)).map((finding) => ({ sentence, finding })))
    : found.map((sentence) => ({ sentence, finding: null }));
  shown = 0;
  list.replaceChildren();
  status.textContent = byPair ? whole(results.length) + (results.length === 1 ? " pair" : " pairs") : whole(results.length) + " of " + whole(sentences.length) + " sentences";
  show();
}

function show() {
  const next = results.slice(shown, shown + stride);
  for (const { sentence, finding } of next) list.append(finding === null ? sentenceItem(sentence) : pairItem(sentence, finding));
  shown += next.length;
  const left = results.length - shown;
  more.hidden = left === 0;
  more.textContent = "Show " + Math.min(stride, left) + " more (" + whole(left) + " left)";
}

function heading(sentence, badges) {
  const line = element("h3");
  line.append(element("bdi", "id", sentence.id));
  if (sentence.verdict) line.append(" ", element("span", "badge", data.columns[2] + " is " + sentence.verdict));
  for (const badge of badges) line.append(" ", element("span", "badge", badge));
  return line;
}

function sentenceItem(sentence) {
  const item = element("li", "sentence");
  const counts = new Map();
  for (const { kind, side } of sentence.findings) {
    if (kind === "correct") continue;
    const name = (data.columns.length > 2 ? data.columns[side] + ": " : "") + names[kind];
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  item.append(heading(sentence, [...counts].map(([name, count]) => count + " × " + name)));
  const columns = element("div", data.columns.length > 2 ? "rows" : "columns");
  const figures = data.columns.map((name) => {
    const figure = element("figure");
    figure.append(element("figcaption", "", name));
    columns.append(figure);
    return figure;
  });
  item.append(columns);
  drawingsOf(sentence.index).then(
    (drawings) => drawings.forEach((drawing, at) => figures[at].insertAdjacentHTML("beforeend", drawing)),
    () => {
      const text = element("p", "", sentence.text);
      text.dir = "auto";
      columns.replaceChildren(text);
    },
  );
  const mistakes = element("ul", "findings");
  for (const finding of sentence.findings) if (finding.kind !== "correct") mistakes.append(findingLine(sentence, finding));
  item.append(mistakes);
  return item;
}

function findingLine(sentence, finding) {
  const line = element("li");
  line.append(element("strong", "", (data.columns.length > 2 ? data.columns[finding.side] + ", " : "") + names[finding.kind]), " ");
  const part = (span) => element("bdi", "part", sentence.text.slice(span[0], span[1]));
  line.append(part(finding.head));
  if (finding.tail !== null) line.append(" → ", part(finding.tail));
  line.append(element("span", "types", " gold: " + (finding.gold ?? "(nothing)") + ", predicted: " + (finding.predicted ?? "(nothing)")));
  return line;
}

function pairItem(sentence, finding) {
  const item = element("li", "sentence pair");
  const badges = [(data.columns.length > 2 ? data.columns[finding.side] + ": " : "") + names[finding.kind], "gold: " + (finding.gold ?? "(nothing)"), "predicted: " + (finding.predicted ?? "(nothing)")];
  item.append(heading(sentence, badges));
  const text = element("p", "text");
  text.dir = "auto";
  const { head, tail } = finding;
  const edges = [...new Set([0, ...head, ...tail, sentence.text.length])].sort((a, b) => a - b);
  for (let at = 0; at + 1 < edges.length; at += 1) {
    const [from, to] = [edges[at], edges[at + 1]];
    const inside = [["head", head], ["tail", tail]].filter(([, span]) => span[0] <= from && to <= span[1]).map(([name]) => name);
    const words = sentence.text.slice(from, to);
    if (inside.length === 0) {
      text.append(words);
      continue;
    }
    const mark = element("mark", inside.join(" "), words);
    for (const name of inside) if ((name === "head" ? head : tail)[1] === to) mark.append(element("small", "", name));
    text.append(mark);
  }
  item.append(text);
  return item;
}

form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(apply));
more.addEventListener("click", () => {
  const first = shown;
  show();
  const next = list.children[first];
  if (next) {
    next.tabIndex = -1;
    next.focus();
  }
});
for (const button of document.querySelectorAll("button[data-gold]")) {
  button.addEventListener("click", () => {
    form.reset();
    for (const name of ["gold", "predicted"]) form.elements[name].value = button.dataset[name];
    setTimeout(() => {
      apply();
      document.getElementById("review").scrollIntoView();
      form.elements.search.focus({ preventScroll: true });
    });
  });
}
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details")) part.open = true;
});
form.hidden = false;
apply();
`;
