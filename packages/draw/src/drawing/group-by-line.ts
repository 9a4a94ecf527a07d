/** Groups items by line in one pass, and keeps their order. */
export function groupByLine<Item extends { readonly line: number }>(items: Iterable<Item>, lineCount: number): Item[][] {
  const lines: Item[][] = Array.from({ length: lineCount }, () => []);
  for (const item of items) lines[item.line]?.push(item);
  return lines;
}
