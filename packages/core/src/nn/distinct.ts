/**
 * Where each distinct item first stands, and which of these items stands at each place: work on
 * words is then done once a word.
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
