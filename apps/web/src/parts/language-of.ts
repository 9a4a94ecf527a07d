/**
 * Chinese and Japanese share characters but draw them differently; kana mark a text as Japanese.
 */
export function languageOf(text: string): string | undefined {
  if (/[\u3040-\u30ff]/.test(text)) return "ja";
  return /\p{Script=Han}/u.test(text) ? "zh" : undefined;
}
