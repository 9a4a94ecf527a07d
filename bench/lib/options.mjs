/** `NAME --key value --flag` as a name and a map of strings; a flag without a value is "true". */
export function readOptions(words) {
  const options = {};
  let name;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (!word.startsWith("--")) {
      name ??= word;
      continue;
    }
    const [key, inline] = word.slice(2).split(/=(.*)/s);
    const next = words[i + 1];
    if (inline !== undefined) options[key] = inline;
    else if (next !== undefined && !next.startsWith("--")) options[key] = words[++i];
    else options[key] = "true";
  }
  return { name, options };
}

/** "4,7" as [4, 7]. */
export const numbers = (text) => String(text).split(",").map(Number);
