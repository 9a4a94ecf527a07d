/**
 * Gives every document a file name of its own that any system takes, as near to its id as that
 * allows.
 */
export class FileNames {
  readonly #taken = new Set<string>();

  /** The name without an ending; the id itself where it is a file name and was not taken before. */
  take(id: string): string {
    const safe = safeName(id);
    let name = safe;
    for (let number = 2; this.#taken.has(folded(name)); number++) name = `${safe}-${number}`;
    this.#taken.add(folded(name));
    return name;
  }
}

/** Some systems hold names that differ in case or in how accents are composed for the same. */
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

/** The name of a file without its folder and ending, which is what its document is called. */
export function nameOf(source: string | undefined, ending: string): string {
  const name = (source ?? "document").replace(/^.*[/\\]/, "").replace(/\.gz$/i, "");
  return name.length > ending.length && name.toLowerCase().endsWith(ending) ? name.slice(0, name.length - ending.length) : name;
}
