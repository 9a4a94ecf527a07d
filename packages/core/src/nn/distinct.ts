/**
 * Finds repeated items, so that work on words is done once per distinct word.
 *
 * @returns `firsts`: the index at which each distinct item first occurs, in ascending order;
 *   `rows`: for each item, the position of its distinct item in `firsts`
 */
export function distinct(items: ArrayLike<string | number>): { readonly firsts: Int32Array; readonly rows: Int32Array } {
  const known = new Map<string | number, number>();
  const firsts: number[] = [];
  const rows = new Int32Array(items.length);
  for (let place = 0; place < items.length; place++) {
    const item = items[place] as string | number;
    let row = known.get(item);
    if (row === undefined) {
      row = firsts.push(place) - 1;
      known.set(item, row);
    }
    rows[place] = row;
  }
  return { firsts: Int32Array.from(firsts), rows };
}
