import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { App } from "./app.ts";

const compress = {
  br: async (text: string) => promisify(brotliCompress)(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
  gzip: async (text: string) => promisify(gzip)(text),
} as const;

/** Shorter answers fit into a packet anyway. */
const worthCompressing = 1400;

/**
 * Compresses answers of text for clients that accept it, in the threads of the runtime. Streams
 * stay as they are: each line has to leave at once.
 */
export function compressAnswers(app: App): void {
  app.addHook("onSend", async (request, reply, payload) => {
    if (typeof payload !== "string" || payload.length < worthCompressing) return payload;
    reply.header("vary", joined(reply.getHeader("vary"), "accept-encoding"));
    const encoding = encodingOf(request.headers["accept-encoding"]);
    if (encoding === undefined || reply.hasHeader("content-encoding")) return payload;
    reply.header("content-encoding", encoding);
    reply.removeHeader("content-length");
    return compress[encoding](payload);
  });
}

/** What a client accepts, Brotli first. Weights other than 0 make no difference. */
function encodingOf(accepted: string | undefined): keyof typeof compress | undefined {
  const names = (accepted ?? "")
    .toLowerCase()
    .split(",")
    .flatMap((part) => {
      const [name = "", ...parameters] = part.split(";").map((each) => each.trim());
      return parameters.some((each) => /^q=0(?:\.0*)?$/.test(each)) ? [] : [name];
    });
  return (["br", "gzip"] as const).find((name) => names.includes(name));
}

function joined(known: number | string | string[] | undefined, name: string): string {
  return [known ?? [], name].flat().join(", ");
}
