/**
 * The lines of a body as they come, without those that are empty. Who stops early lets the other
 * side know.
 */
export async function* textLines(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  // Not every browser iterates over streams by itself.
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let ended = false;
  try {
    while (!ended) {
      const { done, value } = await reader.read();
      ended = done;
      const lines = (rest + decoder.decode(value, { stream: !done })).split("\n");
      rest = done ? "" : (lines.pop() ?? "");
      for (const line of lines) if (line.trim() !== "") yield line;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => undefined);
  }
}
