/**
 * Gives every document a unique file name that works on any system, as close to its id as possible.
 */
export class FileNames {
  readonly #taken = new Set<string>();

  /** The name without an ending. It is the id itself if that is a valid, unused file name. */
  take(id: string): string {
    const safe = safeName(id);
    let name = safe;
    for (let number = 2; this.#taken.has(folded(name)); number++) name = `${safe}-${number}`;
    this.#taken.add(folded(name));
    return name;
  }
}

/** Some systems ignore case or how accents are composed. */
function folded(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

function safeName(id: string): string {
  const name = Array.from(id.replace(/[\p{Cc}\p{Cs}/\\:*?"<>|]/gu, "_"))
    .slice(0, 60)
    .join("")
    .replace(/^[.\s]+|[.\s]+$/g, "_");
  return name === "" || /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(name) ? `_${name}` : name;
}

/** The file name without folder and ending, which becomes the document's id. */
export function nameOf(source: string | undefined, ending: string): string {
  const name = (source ?? "document").replace(/^.*[/\\]/, "").replace(/\.gz$/i, "");
  return name.length > ending.length && name.toLowerCase().endsWith(ending) ? name.slice(0, name.length - ending.length) : name;
}
