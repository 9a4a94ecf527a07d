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

/**
 * The id of a document that an annotation tool exported, and its group. A project's export has a
 * folder for each document, named like the document's file, with a file for each annotator:
 * `report.txt/kl.tsv` is `report.txt/kl` of the group `report.txt`.
 *
 * @param title the name that the file itself gives its document
 */
export function exportedName(
  source: string | undefined,
  ending: string,
  title?: string,
): { id: string; metadata: { doc?: string } } {
  const name = nameOf(source, ending);
  const folder = /([^/\\]+)[/\\][^/\\]+$/.exec(source ?? "")?.[1] ?? "";
  if (folder !== title && !/.\.(?:txt|tsv|json|xml|xmi|html?|pdf|docx?|conll[a-z]?)$/i.test(folder))
    return { id: title ?? name, metadata: {} };
  const doc = title ?? folder;
  return { id: `${doc}/${name}`, metadata: { doc } };
}
