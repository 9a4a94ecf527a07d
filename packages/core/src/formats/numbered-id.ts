/**
 * Whether an id is a whole number in canonical form, so that writing it as a number is reversible.
 */
export function hasNumberForm(id: string): boolean {
  return /^(?:0|[1-9]\d{0,14})$/.test(id);
}

/** The id as a number if it has that form. */
export function numberedId(id: string): number | string {
  return hasNumberForm(id) ? Number(id) : id;
}
