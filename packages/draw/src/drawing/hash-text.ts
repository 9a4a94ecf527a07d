/**
 * A 32-bit FNV-1a hash over UTF-16 units: the same text gives the same number on every machine. Not
 * for secrets.
 */
export function hashText(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}
