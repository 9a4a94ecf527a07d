/**
 * Whether an id is a whole number written as numbers are, so that it may be written as one and come
 * back the same.
 */
export function hasNumberForm(id: string): boolean {
  return /^(?:0|[1-9]\d{0,14})$/.test(id);
}

/** The id as a number where it has that form. */
export function numberedId(id: string): number | string {
  return hasNumberForm(id) ? Number(id) : id;
}
