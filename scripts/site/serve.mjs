import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { notFoundPage, notFoundSource } from "./not-found.mjs";

/** @type {Readonly<Record<string, string>>} */
const types = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
};

/**
 * What the site needs. Highlighted code has its colours in attributes, so styles there are allowed;
 * scripts come from files alone.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * Serves a built site on loopback, compressed as most servers do, under a strict content policy.
 *
 * @param {string} site its folder
 * @param {{ port?: number, prefix?: string }} options the path that it is at, such as `/weft/docs/`
 * @returns {Promise<{ address: string, close: () => Promise<void> }>}
 */
export async function serveSite(site, { port = 0, prefix = "/" } = {}) {
  const server = createServer((request, answer) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const file = fileAt(site, prefix, pathname);
    if (file === undefined) {
      const allowed = policy.replace("script-src", `script-src ${notFoundSource}`);
      answer.writeHead(404, { "content-type": types[".html"], "content-security-policy": allowed }).end(notFoundPage);
      return;
    }
    const type = types[extname(file)] ?? "application/octet-stream";
    const compressed = /text|json|svg|javascript/.test(type) && /\bgzip\b/.test(String(request.headers["accept-encoding"]));
    const body = readFileSync(file);
    answer.writeHead(200, {
      "content-type": type,
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
      ...(compressed ? { "content-encoding": "gzip" } : {}),
    });
    answer.end(compressed ? gzipSync(body) : body);
  });
  await new Promise((listening, failed) => {
    server.on("error", failed);
    server.listen(port, "127.0.0.1", () => listening(undefined));
  });
  const bound = /** @type {import("node:net").AddressInfo} */ (server.address()).port;
  return {
    address: `http://127.0.0.1:${bound}${prefix}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/**
 * @param {string} site
 * @param {string} prefix
 * @param {string} pathname
 */
function fileAt(site, prefix, pathname) {
  if (!pathname.startsWith(prefix)) return undefined;
  const path = normalize(join(site, decoded(pathname.slice(prefix.length))));
  if (path !== site && !path.startsWith(site.endsWith(sep) ? site : `${site}${sep}`)) return undefined;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() !== true) return found === undefined ? undefined : path;
  const index = join(path, "index.html");
  return statSync(index, { throwIfNoEntry: false }) === undefined ? undefined : index;
}

/** A path that is no valid escape names no file. */
function decoded(/** @type {string} */ path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
