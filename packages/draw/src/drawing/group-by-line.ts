/** The items of every line, in their own order; one pass over all items. */
export function groupByLine<Item extends { readonly line: number }>(items: Iterable<Item>, lineCount: number): Item[][] {
  const lines: Item[][] = Array.from({ length: lineCount }, () => []);
  for (const item of items) lines[item.line]?.push(item);
  return lines;
}
