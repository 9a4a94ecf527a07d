import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { Extractor, modelIdentity } from "@weft-nlp/node/extractor";
import { mcpServer } from "../../mcp/mcp-server.ts";
import type { Handler } from "../command.ts";
import type { mcpCommand } from "../commands/mcp-command.ts";

export const run: Handler<typeof mcpCommand> = async ({ terminal, signal }, { model, ...options }) => {
  const identity = await modelIdentity(model);
  const extractor = await Extractor.open(model, { ...options, background: true });
  // Standard output belongs to the protocol, so all words for people go to standard error.
  const server = serveStdio(() => mcpServer({ extractor, identity }), {
    onerror: ({ message }) => terminal.say(`mcp: ${message}`),
  });
  try {
    terminal.say(`serving ${identity.name} over MCP; Ctrl-C stops`);
    await new Promise<void>((stop) => {
      if (signal.aborted) return stop();
      signal.addEventListener("abort", () => stop(), { once: true });
      process.stdin.once("end", stop).once("close", stop);
    });
  } finally {
    await server.close();
    await extractor.close();
  }
};
