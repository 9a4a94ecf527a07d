import { createHash } from "node:crypto";

/**
 * Servers answer every unknown address with this page, at any depth. So it names no file of the
 * site: its style is inside, and a script looks upwards for the folder that the site is in. Without
 * the script, its links are right for addresses in that folder itself.
 */
const script = `(async () => {
  const parts = location.pathname.split("/");
  for (let length = parts.length - 1; length > 0; length--) {
    const root = parts.slice(0, length).join("/") + "/";
    const answer = await fetch(root + "start.js", { method: "HEAD" }).catch(() => undefined);
    if (!answer?.ok || !/javascript/.test(answer.headers.get("content-type"))) continue;
    for (const link of document.querySelectorAll("a")) link.href = root + link.getAttribute("href").slice(2);
    return;
  }
})();`;

/** For a content policy that forbids other inline scripts: the source to allow. */
export const notFoundSource = `'sha256-${createHash("sha256").update(script).digest("base64")}'`;

export const notFoundPage = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Page not found | Weft</title>
    <style>
      :root { color-scheme: light dark; }
      body { max-width: 40rem; margin: 20vh auto 0; padding: 0 1.5rem; font: 1.1rem/1.6 system-ui, sans-serif; }
    </style>
  </head>
  <body>
    <main>
      <h1>Page not found</h1>
      <p>There is no page at this address. It may have been renamed.</p>
      <p><a href="./index.html">Start page</a> · <a href="./quickstart.html">Quickstart</a></p>
    </main>
    <script>${script}</script>
  </body>
</html>
`;
