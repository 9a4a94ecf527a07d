import { svgStyles } from "../drawing/index.ts";
import { type Html, html, jsonForScript, trusted } from "./html.ts";
import { mistakeNames } from "./mistake-names.ts";
import { pageScript, pageScriptSource } from "./page-script.ts";
import { pageStyles } from "./page-styles.ts";
import { drawingFontSize, type Review, sentencesPerBlock } from "./review.ts";

/** A section of a page, listed in the contents by its heading. */
export interface PageSection {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
}

export interface Page {
  readonly title: string;
  /** Facts below the title: what was measured on which data. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly sections: readonly PageSection[];
  readonly review: Review;
  /** Describes the list of sentences, in a sentence. */
  readonly reviewWords: string;
  /** What the list shows first. */
  readonly view: "sentences" | "pairs";
}

/**
 * A complete page in one file. Its content policy allows only its own script, and no requests.
 * Without scripts, everything but the list of sentences works.
 */
export function renderPage(page: Page): string {
  const sections = [...page.sections, { id: "review", title: "Sentences", body: reviewBody(page) }];
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${pageScriptSource}; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${page.title}</title>
<style>${trusted(pageStyles)}${trusted(svgStyles({ fontSize: drawingFontSize }))}</style>
</head>
<body>
<header>
<h1>${page.title}</h1>
<dl>
${page.facts.map(([name, value]) => html`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>`)}
</dl>
<nav aria-label="Contents"><ul>
${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
</ul></nav>
</header>
<main>
${sections.map(({ id, title, body }) => html`<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${title}</h2>\n${body}\n</section>`)}
</main>
<script type="application/json" id="review-data">${jsonForScript(page.review.data)}</script>
${page.review.drawings.map((block, index) => html`<script type="text/plain" id="drawings-${index}">${block}</script>`)}
<script>${trusted(pageScript)}</script>
</body>
</html>
`.markup;
}

function reviewBody({ review: { data }, reviewWords, view }: Page): Html {
  const { sentences, columns, left } = data;
  const findings = sentences.flatMap((sentence) => sentence.findings.filter(({ kind }) => kind !== "correct"));
  const kinds = [...new Set(findings.map(({ what, kind }) => `${what} ${kind}`))].sort();
  const kindName = (value: string) => {
    const [what, kind] = value.split(" ") as [string, keyof typeof mistakeNames];
    return mistakeNames[kind].includes("entity") || what === "relation" ? mistakeNames[kind] : `entity: ${mistakeNames[kind]}`;
  };
  const types = (side: "gold" | "predicted") => {
    const names = new Set(findings.map((finding) => finding[side] ?? nothing));
    return [...names].sort().map((name): Choice => [name, name]);
  };
  const verdicts = [...new Set(sentences.map(({ verdict }) => verdict))].filter((verdict) => verdict !== "").sort();
  return html`<p>${reviewWords}${left === 0 ? "" : ` ${left} more are not in this file, to keep it small.`}</p>
<noscript><p>This list needs JavaScript; the numbers above do not.</p></noscript>
<form id="review-filter" role="search" hidden data-names="${JSON.stringify(mistakeNames)}" data-per-block="${sentencesPerBlock}">
<label>Search<input type="search" name="search" placeholder="word, type or id" autocomplete="off"></label>
${
  verdicts.length === 0
    ? html``
    : select(
        "verdict",
        `${columns[2] ?? ""} is`,
        verdicts.map((name): Choice => [name, name]),
      )
}
${select(
  "kind",
  "Mistake",
  kinds.map((value): Choice => [value, kindName(value)]),
)}
${select("gold", "Type in gold", types("gold"))}
${select("predicted", "Type predicted", types("predicted"))}
<label>Show<select name="view">${views(view)}</select></label>
<button class="plain" type="reset">Clear</button>
</form>
<p id="review-status" role="status"></p>
<ol id="review-list"></ol>
<button class="plain" id="review-more" type="button" hidden>Show more</button>`;
}

/** The label for a side of a mistake that has no annotation. */
export const nothing = "(nothing)";

function views(first: Page["view"]): Html[] {
  const sentences = html`<option value="sentences">sentences</option>`;
  const pairs = html`<option value="pairs">pairs of entities</option>`;
  return first === "pairs" ? [pairs, sentences] : [sentences, pairs];
}

type Choice = readonly [value: string, name: string];

function select(name: string, label: string, choices: readonly Choice[]): Html {
  return html`<label>${label}<select name="${name}"><option value="">any</option>${choices.map(([value, text]) => html`<option value="${value}">${text}</option>`)}</select></label>`;
}
