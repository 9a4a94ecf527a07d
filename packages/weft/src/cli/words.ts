/** `1 sentence`, `5,019 sentences` */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${whole(amount)} ${amount === 1 ? noun : plural}`;
}

/** A number with commas between thousands, the same in every locale. */
export function whole(amount: number): string {
  // The platform's formatter takes longer to load than a short text to extract from.
  return Number.isSafeInteger(amount) ? String(amount).replace(/\B(?=(?:\d{3})+$)/g, ",") : amount.toLocaleString("en-US");
}

/** A share in per cent with one decimal; a dash if the whole is 0. */
export function percent(part: number, of: number): string {
  return of === 0 ? "–" : `${((100 * part) / of).toFixed(1)} %`;
}

/**
 * A bar of block characters with a resolution of an eighth of a column, for a share between 0 and
 * 1.
 */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const bar = "█".repeat(eighths >> 3) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths & 7];
  return bar === "" && share > 0 ? "▏" : bar;
}

/** A size in decimal units, as shops and hubs give it: `91 MB`, `1.3 GB`. */
export function size(bytes: number): string {
  const power = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const amount = bytes / 1000 ** power;
  return `${amount < 9.95 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${["bytes", "kB", "MB", "GB", "TB"][power]}`;
}

/** What to say of the files of a folder that are nothing to read. */
export function skippedWords(files: number): string {
  return `skipped ${count(files, "file")} that ${files === 1 ? "is" : "are"} not text, HTML, PDF or JSONL`;
}

/** What to say of data that only looks annotated. */
export function withoutAnnotation(source: string): string {
  return `${source} has no entity and no relation anywhere; check that this is the annotated file`;
}
