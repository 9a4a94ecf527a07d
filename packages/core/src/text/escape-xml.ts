/**
 * Escapes text for the inside of an XML or HTML element or quoted attribute.
 *
 * XML 1.0 forbids most control characters even as references, and a lone surrogate cannot be
 * encoded at all. Control characters become their visible pictures (U+2400 and up), and the rest
 * becomes U+FFFD.
 */
export function escapeXml(text: string): string {
  return text.replace(unsafe, (character) => {
    const named = entities[character];
    if (named !== undefined) return named;
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? "\u2421" : "\ufffd";
  });
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const unsafe =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finds control characters
  /[&<>"'\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
