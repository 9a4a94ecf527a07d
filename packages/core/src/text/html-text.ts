import { decodeReferences } from "./html-entities.ts";

/**
 * The visible text of an HTML page: paragraphs, headings, list items and table rows with an empty
 * line between them, the cells of a row with tabs, `<br>` as a line break, other white space as one
 * space. Scripts, styles, the head, forms' contents and elements that are hidden by an attribute or
 * their own style are left out.
 *
 * Reads any text in linear time, broken pages too, and executes nothing. Style sheets are not read.
 */
export function textOfHtml(html: string): string {
  const text = new VisibleText();
  const tags = new TagReader(html);
  let hiding: Hiding | undefined;
  for (let next = tags.next(); next !== undefined; next = tags.next()) {
    if (typeof next === "string") {
      if (hiding === undefined) text.add(decodeReferences(next));
      continue;
    }
    const isUnread = !next.closing && unread.has(next.name);
    if (isUnread) tags.skipTo(next.name);
    if (hiding !== undefined) {
      const state = hiding.after(next);
      if (state !== "hidden") hiding = undefined;
      if (state !== "here") continue;
    }
    if (isUnread) continue;
    if (!next.closing && isHidden(next)) hiding = new Hiding(next.name);
    else text.tag(next);
  }
  return text.finish();
}

interface Tag {
  readonly name: string;
  readonly closing: boolean;
  /** Everything between the name and the end of the tag. */
  readonly attributes: string;
}

/** Elements whose content is not markup. */
const unread = new Set(["script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp"]);
/** Elements that show no text, or another one than theirs. */
const unseen = new Set(
  "audio canvas datalist dialog head map math noscript object progress select svg template video".split(" "),
);
const empty = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));
const blocks = new Set(
  (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form " +
    "h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section summary table tbody tfoot thead tr ul"
  ).split(" "),
);

function isHidden({ name, attributes }: Tag): boolean {
  if (empty.has(name)) return false;
  if (unseen.has(name)) return name !== "dialog" || !/(?:^|\s)open(?=[\s=/]|$)/i.test(attributes);
  if (attributes === "") return false;
  const names = attributes.replace(/=\s*(?:"[^"]*"|'[^']*')/g, "= ");
  if (/(?:^|\s)hidden(?=[\s=/]|$)/i.test(names)) return true;
  const style = /(?:^|\s)style\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/i.exec(attributes);
  return style !== null && /(?:display\s*:\s*none|visibility\s*:\s*hidden)/i.test(style[1] ?? style[2] ?? style[3] ?? "");
}

/** For elements that may lack an end tag: what ends them, and inside what it does not. */
const open: Readonly<Record<string, { readonly by: ReadonlySet<string>; readonly inside: ReadonlySet<string> }>> = {
  head: { by: new Set(["body"]), inside: new Set() },
  p: { by: blocks, inside: new Set() },
  li: { by: new Set(["li"]), inside: new Set(["ul", "ol", "menu"]) },
  dt: { by: new Set(["dt", "dd"]), inside: new Set(["dl"]) },
  dd: { by: new Set(["dt", "dd"]), inside: new Set(["dl"]) },
  td: { by: new Set(["td", "th", "tr", "tbody", "tfoot"]), inside: new Set(["table"]) },
  th: { by: new Set(["td", "th", "tr", "tbody", "tfoot"]), inside: new Set(["table"]) },
  tr: { by: new Set(["tr", "tbody", "tfoot"]), inside: new Set(["table"]) },
};

/** Follows the tags inside a hidden element to its end. */
class Hiding {
  readonly #name: string;
  #depth = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** `over`: the tag ends the element. `here`: the element ended before the tag. */
  after({ name, closing }: Tag): "hidden" | "over" | "here" {
    const rule = Object.hasOwn(open, this.#name) ? open[this.#name] : undefined;
    if (this.#depth === 0) {
      if (closing && name === this.#name) return "over";
      if (rule !== undefined && closing && (rule.inside.has(name) || (rule.inside.size === 0 && blocks.has(name)))) return "here";
      if (rule?.by.has(name) === true && !closing) return "here";
    }
    const counts = rule === undefined ? name === this.#name : rule.inside.has(name);
    if (counts) this.#depth += closing ? -1 : 1;
    return "hidden";
  }
}

/** Takes HTML apart into tags and the text between them. */
class TagReader {
  readonly #html: string;
  #at = 0;

  constructor(html: string) {
    this.#html = html;
  }

  next(): Tag | string | undefined {
    const html = this.#html;
    while (this.#at < html.length) {
      const start = this.#at;
      if (html.charCodeAt(start) !== lessThan) return this.#text(html.indexOf("<", start));
      const second = html.charAt(start + 1);
      if (/[A-Za-z]/.test(second)) return this.#tag(start + 1, false);
      if (second === "/" && /[A-Za-z]/.test(html.charAt(start + 2))) return this.#tag(start + 2, true);
      if (second === "!" || second === "?" || second === "/") this.#comment(start);
      else return this.#text(html.indexOf("<", start + 1));
    }
    return undefined;
  }

  /** Moves to the end tag of an element whose content is not markup. */
  skipTo(name: string): void {
    const end = new RegExp(`</${name}(?=[\\s/>])`, "gi");
    end.lastIndex = this.#at;
    this.#at = end.exec(this.#html)?.index ?? this.#html.length;
  }

  #text(end: number): string {
    const start = this.#at;
    this.#at = end < 0 ? this.#html.length : end;
    return this.#html.slice(start, this.#at);
  }

  #comment(start: number): void {
    const isComment = this.#html.startsWith("<!--", start);
    const end = isComment ? this.#html.indexOf("-->", start + 2) : this.#html.indexOf(">", start);
    this.#at = end < 0 ? this.#html.length : end + (isComment ? 3 : 1);
  }

  /** A tag without an end is dropped with what follows, as in browsers. */
  #tag(from: number, closing: boolean): Tag | undefined {
    const html = this.#html;
    let at = from;
    while (at < html.length && !/[\s/>]/.test(html.charAt(at))) at++;
    const name = html.slice(from, Math.min(at, from + 40)).toLowerCase();
    const begins = at;
    while (at < html.length && html.charAt(at) !== ">") {
      const quote = html.charAt(at);
      const quotes = (quote === '"' || quote === "'") && /=\s*$/.test(html.slice(Math.max(begins, at - 8), at));
      const end = quotes ? html.indexOf(quote, at + 1) : at;
      at = end < 0 ? html.length : end + 1;
    }
    this.#at = Math.min(html.length, at + 1);
    return at >= html.length ? undefined : { name, closing, attributes: html.slice(begins, at) };
  }
}

const lessThan = 60;

/** Puts text together with the white space that a page shows. */
class VisibleText {
  readonly #pieces: string[] = [];
  /** White space before the next text. */
  #gap: "" | " " | "\t" | "\n" | "\n\n" = "";
  #pre = 0;

  add(text: string): void {
    if (this.#pre > 0) {
      this.#append(text.replace(/\r\n?/g, "\n"));
      return;
    }
    const words = text.replace(/[ \t\n\f\r]+/g, " ");
    if (words.startsWith(" ")) this.#space(" ");
    const inside = words.trim() === words ? words : words.replace(/^ | $/g, "");
    if (inside !== "") this.#append(inside);
    if (words.length > 1 && words.endsWith(" ")) this.#space(" ");
  }

  tag({ name, closing }: Tag): void {
    if (name === "br" && !closing) this.#space("\n");
    else if (name === "td" || name === "th") this.#space("\t");
    else if (blocks.has(name)) this.#space("\n\n");
    if (name === "pre") this.#pre = Math.max(0, this.#pre + (closing ? -1 : 1));
  }

  finish(): string {
    return this.#pieces.join("");
  }

  /** The widest gap counts, except that two line breaks in a row make an empty line. */
  #space(gap: " " | "\t" | "\n" | "\n\n"): void {
    if (gap === "\n" && this.#gap === "\n") this.#gap = "\n\n";
    else if (gaps.indexOf(gap) > gaps.indexOf(this.#gap)) this.#gap = gap;
  }

  #append(text: string): void {
    if (this.#pieces.length > 0 && this.#gap !== "") this.#pieces.push(this.#gap);
    this.#gap = "";
    this.#pieces.push(text);
  }
}

const gaps = ["", " ", "\t", "\n", "\n\n"];
