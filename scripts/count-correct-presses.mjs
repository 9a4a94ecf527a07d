// Corrects twenty sentences in the view Correct with real keys and a real pointer, and counts them.
// Run it after `npm run build`:
// `node scripts/count-correct-presses.mjs [--model FOLDER] [--blank]`.
//
// A press of a key counts once, with its modifiers; so do a click and a drag. After each of them
// the script compares the sentence with the right annotation, and takes the cheapest next step that
// the page offers. It turns on "always everywhere" with the first correction that fits elsewhere.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readStory } from "./correct-story.mjs";
import { startBrowser } from "./start-browser.mjs";
import { startServer } from "./start-server.mjs";

/**
 * @typedef {{ start: number, end: number, type: string, confidence?: number }} Entity
 * @typedef {{ head: number, tail: number, type: string, confidence?: number }} Relation
 * @typedef {object} Kept
 * @property {number} id
 * @property {boolean} done
 * @property {string} text
 * @property {[number, number][]} offsets
 * @property {Entity[]} entities
 * @property {Relation[]} relations
 *
 * @typedef {object} Difference
 * @property {"mark" | "resize" | "retype" | "remove" | "relate" | "rename"} kind
 * @property {number} index
 * @property {string} type
 * @property {string} part
 * @property {number} from
 * @property {number} to
 * @property {boolean} crosses
 * @property {number} head
 * @property {number} tail
 */

const options = /** @type {const} */ ({
  model: { type: "string", default: "examples/model" },
  // Begins without suggestions.
  blank: { type: "boolean", default: false },
});
const { values } = parseArgs({ options });
const folder = mkdtempSync(join(tmpdir(), "weft-presses-"));
mkdirSync(join(folder, "runs"));
const { address, stop } = await startServer([values.model, "--corrections", join(folder, "corrections")]);
const browser = await startBrowser();
const gold = new Map(readStory().map((sentence) => [sentence.text, sentence]));
/** Stands for a relation that will not stay. */
const unrelated = { head: -1, tail: -1, type: "" };
let keys = 0;
let pointers = 0;
try {
  const texts = [...gold.keys()];
  const headers = { "content-type": "application/json" };
  await fetch(`${address}/v1/corrections`, {
    method: "POST",
    headers,
    body: JSON.stringify({ name: "story", texts, ...(values.blank ? { model: null } : {}) }),
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${address}/#/correct/story`);
  await page.locator(".board [data-token]").first().waitFor();
  for (let sentence = 0; sentence < texts.length; sentence++) {
    const text = await shownText(page);
    for (let step = 0; step < 40; step++) {
      if (!(await nextStep(page, text))) break;
    }
    await press(page, "Control+Enter");
    await saved(page);
  }
  const all = await everySentence();
  const wrong = all.filter((kept) => !kept.done || differences(kept).length > 0);
  console.log(
    `${all.length} sentences: ${keys} key presses and ${pointers} pointer actions, ` +
      `${((keys + pointers) / all.length).toFixed(1)} for each; ${wrong.length} differ from the right annotation`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  await browser.close();
  await stop();
  rmSync(folder, { recursive: true, force: true });
}

/**
 * One action towards the right annotation.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} text
 * @returns {Promise<boolean>} false if there is nothing left to do
 */
async function nextStep(page, text) {
  await saved(page);
  const kept = await keptOf(text);
  if (await everywhereIsRight(page, kept)) {
    await press(page, "Shift+A");
    return true;
  }
  // The list says which suggestions "Done" drops.
  const dropped = await page.getByRole("list", { name: "Relations" }).getByRole("listitem").allInnerTexts();
  const relations = kept.relations.map((each, place) => (dropped[place]?.includes("“Done” drops it") ? unrelated : each));
  const [difference] = differences({ ...kept, relations });
  if (difference === undefined) return false;
  const chosen = await page.evaluate("document.querySelector('.board weft-arcs').selected");
  const { kind, index, type } = difference;
  if (kind === "retype") {
    if (chosen !== `entity:${index}`) await clickPart(page, `entity:${index}`);
    await pressType(page, type);
  } else if (kind === "resize" || kind === "mark") {
    // With Shift, a drag that begins or ends in another entity marks words and relates nothing.
    await drag(page, difference.from, difference.to, kind === "resize" && difference.crosses);
    // The palette asks only if the words are new to the project; it takes numbers too.
    if (kind === "mark") await giveType(page, text, difference);
  } else if (kind === "remove") {
    const name = `${difference.part}:${index}`;
    if (chosen === name) await press(page, "Delete");
    else await clickButton(page, difference.part, index);
  } else if (kind === "relate") {
    const [head, tail] = [kept.entities[difference.head], kept.entities[difference.tail]];
    await drag(page, head?.start ?? 0, tail?.start ?? 0);
    if (await page.locator(".palette").count()) await pressType(page, type);
  } else {
    if (chosen !== `relation:${index}`) await clickPart(page, `relation:${index}`);
    await pressType(page, type);
  }
  return true;
}

/**
 * What is still wrong, in the order in which a person would put it right.
 *
 * @param {Kept} kept
 */
function differences({ text, entities, relations, offsets }) {
  const right = gold.get(text);
  if (right === undefined) throw new Error(`there is no right annotation for: ${text}`);
  const wanted = right.entities.map(({ start, end, type }) => ({
    start: offsets.findIndex(([from]) => from === start),
    end: offsets.findIndex(([, to]) => to === end) + 1,
    type,
  }));
  /** @type {Difference[]} */
  const found = [];
  const none = { index: -1, type: "", part: "", from: 0, to: 0, crosses: false, head: 0, tail: 0 };
  const placeOf = wanted.map(({ start, end }) => entities.findIndex((each) => each.start === start && each.end === end));
  for (const [index, { start, end, type }] of wanted.entries()) {
    const exact = entities[placeOf[index] ?? -1];
    if (exact !== undefined && exact.type !== type) found.push({ ...none, kind: "retype", index: placeOf[index] ?? -1, type });
    if (exact !== undefined) continue;
    const near = entities.findIndex((each, place) => each.start < end && start < each.end && !placeOf.includes(place));
    const holder = entities[near];
    // A drag from inside an entity gives it new words, so it must begin at the end that stays.
    const inside = holder !== undefined && holder.end > end - 1 && end - 1 >= holder.start ? [end - 1, start] : [start, end - 1];
    const [from = start, to = end - 1] = inside;
    const crosses = entities.some((each, place) => place !== near && each.start <= to && to < each.end);
    found.push({ ...none, kind: holder === undefined ? "mark" : "resize", index: near, type, from, to, crosses });
  }
  for (const [index, { start, end }] of entities.entries()) {
    const known = wanted.some((each) => each.start < end && start < each.end);
    const twin = entities.findIndex((each) => each.start === start && each.end === end) !== index;
    const spare =
      !placeOf.includes(index) && wanted.some((each, place) => each.start < end && start < each.end && placeOf[place] !== -1);
    if (!known || twin || spare) found.push({ ...none, kind: "remove", part: "entity", index });
  }
  if (found.length > 0) return found;
  const pairs = right.relations.map(({ head, tail, type }) => ({ head: placeOf[head] ?? -1, tail: placeOf[tail] ?? -1, type }));
  for (const [index, relation] of relations.entries()) {
    if (relation === unrelated) continue;
    const { head, tail, type } = relation;
    if (pairs.some((pair) => pair.head === head && pair.tail === tail && pair.type === type)) continue;
    const meant = pairs.find((pair) => pair.head === head && pair.tail === tail);
    if (meant === undefined || relations.some((each) => each.head === head && each.tail === tail && each.type === meant.type))
      found.push({ ...none, kind: "remove", part: "relation", index });
    else found.push({ ...none, kind: "rename", index, type: meant.type });
  }
  for (const { head, tail, type } of pairs) {
    if (!relations.some((each) => each.head === head && each.tail === tail))
      found.push({ ...none, kind: "relate", head, tail, type });
  }
  return found;
}

/**
 * Whether the offered correction of the other sentences is right for all of them.
 *
 * @param {import("playwright-core").Page} page
 * @param {Kept} here
 */
async function everywhereIsRight(page, here) {
  const offer = page.locator(".everywhere button[title='A']");
  if ((await offer.count()) === 0 || (await page.locator(".everywhere input").isChecked())) return false;
  const words = (await page.locator(".everywhere bdi").first().innerText()).replace(/^“|”$/g, "");
  const [, what, type] = /^(Mark as|Reject) (.+) everywhere$/.exec(await offer.innerText()) ?? [];
  const others = [...gold.values()].filter((sentence) => sentence.text !== here.text && sentence.text.includes(words));
  /** @param {import("./correct-story.mjs").StorySentence} sentence */
  const right = ({ text, entities }) => {
    const has = entities.some((each) => each.type === type && text.slice(each.start, each.end) === words);
    return what === "Reject" ? !has : has;
  };
  return others.every(right);
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} text
 * @param {{ from: number, to: number, type: string }} marked
 */
async function giveType(page, text, { from, to, type }) {
  if (await page.locator(".palette").count()) return pressType(page, type);
  await saved(page);
  const { entities } = await keptOf(text);
  const start = Math.min(from, to);
  if (entities.find((each) => each.start === start)?.type !== type) await pressType(page, type);
}

/**
 * Presses the number of a type, wherever the page shows it.
 *
 * @param {import("playwright-core").Page} page
 * @param {string} type
 */
async function pressType(page, type) {
  const place = (await page.locator(".palette").count()) > 0 ? ".palette li" : ".types button";
  const names = (await page.locator(place).allInnerTexts()).map((name) => name.replace(/\s+/g, " ").trim());
  const name = names.find((each) => each.replace(/^\d /, "") === type);
  const number = /^(\d) /.exec(name ?? "")?.[1];
  if (number !== undefined) return press(page, number);
  if (name === undefined) throw new Error(`the page does not offer ${type}, but ${names.join(", ")}`);
  // Not among the first nine: a click on it.
  pointers++;
  await page.locator(place).nth(names.indexOf(name)).click();
}

/** @param {import("playwright-core").Page} page */
async function press(page, /** @type {string} */ key) {
  keys++;
  await page.keyboard.press(key);
}

/** @param {import("playwright-core").Page} page */
async function drag(page, /** @type {number} */ from, /** @type {number} */ to, shifted = false) {
  pointers++;
  const [a, b] = [await middleOf(page, from), await middleOf(page, to)];
  const shift = from === to ? 8 : 0;
  await page.mouse.move(a.x - shift, a.y);
  if (shifted) await page.keyboard.down("Shift");
  await page.mouse.down();
  await page.mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2);
  await page.mouse.move(b.x + shift, b.y);
  await page.mouse.up();
  if (shifted) await page.keyboard.up("Shift");
}

/** @param {import("playwright-core").Page} page */
async function middleOf(page, /** @type {number} */ token) {
  const box = await page.locator(`.board [data-token="${token}"]`).first().boundingBox();
  if (box === null) throw new Error(`there is no word ${token}`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** @param {import("playwright-core").Page} page */
async function clickPart(page, /** @type {string} */ name) {
  pointers++;
  const target = name.startsWith("entity") ? "rect" : "text.weft-relation";
  await page.locator(`.board [data-part="${name}"] ${target}`).first().click({ force: true });
}

/** @param {import("playwright-core").Page} page */
async function clickButton(page, /** @type {string} */ part, /** @type {number} */ index) {
  pointers++;
  const list = page.getByRole("list", { name: part === "entity" ? "Entities" : "Relations" });
  await list
    .getByRole("listitem")
    .nth(index)
    .getByRole("button", { name: /^(Reject|Remove)/ })
    .click();
}

/** @param {import("playwright-core").Page} page */
async function saved(page) {
  await page.locator(".save-state.saved").waitFor();
}

/** @param {import("playwright-core").Page} page */
async function shownText(page) {
  return page.evaluate("document.querySelector('.board weft-arcs').document.text");
}

/** @returns {Promise<Kept[]>} */
async function everySentence() {
  const answer = await fetch(`${address}/v1/corrections/story?limit=500`);
  /** @type {{ page: { id: number, done: boolean, document: Kept }[] }} */
  const { page } = await answer.json();
  return page.map(({ document, id, done }) => ({ ...document, id, done }));
}

/** @param {string} text */
async function keptOf(text) {
  const found = (await everySentence()).find((sentence) => sentence.text === text);
  if (found === undefined) throw new Error(`the project has no sentence: ${text}`);
  return found;
}
