/** Text as gzip in base64, which a page can unpack. Runs wherever web streams exist. */
export async function compressToBase64(text: string): Promise<string> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return bytesToBase64(new Uint8Array(await new Response(stream).arrayBuffer()));
}

function bytesToBase64(bytes: Uint8Array): string {
  let binary = "";
  // The number of arguments of a call is limited.
  for (let from = 0; from < bytes.length; from += 8192) binary += String.fromCharCode(...bytes.subarray(from, from + 8192));
  return btoa(binary);
}
