import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { extraction, extractRequest } from "@weft-nlp/api/contracts";
import { expect, test } from "vitest";
import { defaultLimits } from "../../packages/server/src/options.ts";
import { serveCommand } from "../../packages/weft/src/cli/commands/serve-command.ts";
import { flagOf, type OptionDeclaration } from "../../packages/weft/src/cli/declaration.ts";
import { shell } from "../e2e/weft-command.ts";
import { send, startServer } from "../server/test-server.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(`${root}docs/server.md`, "utf8");
/** The page without line breaks. */
const prose = page.replaceAll("\n", " ");

/** The first cell of each row in the table whose header begins with these words. */
function names(header: string): string[] {
  const [, rows = ""] = new RegExp(`^\\| ${header}.*\\n\\|[-:| ]+\\n((?:\\|.*\\n)+)`, "m").exec(page) ?? [];
  return rows
    .trimEnd()
    .split("\n")
    .map((row) => row.split("|")[1]?.trim().replaceAll("`", "") ?? "");
}

test("the page has every field of a request and of a result, and no other", () => {
  expect([...names("Field of a text"), "documents", ...names("Option, next to")].toSorted()).toEqual(
    Object.keys(extractRequest.shape).toSorted(),
  );
  expect(names("Field of a result")).toEqual(Object.keys(extraction.shape));
});

test("the page has every route for extraction, models and operation", async () => {
  const { url } = await startServer();
  const { json } = await send(`${url}/openapi.json`);
  const { paths } = json as { paths: Record<string, Record<string, { tags?: string[] }>> };
  const described = Object.entries(paths)
    .filter(([, methods]) =>
      Object.values(methods).some(({ tags = [] }) => ["extraction", "models", "operation"].includes(tags[0] ?? "")),
    )
    .map(([path]) => path);
  const routes = names("Route").flatMap((cell) => cell.split(", ").map((route) => route.split(" ")[1]));
  expect(new Set(routes)).toEqual(new Set(described));
});

test("the options and limits on the page match the command", () => {
  for (const [, option = "", shown = ""] of page.matchAll(/^\| `--([\w-]+)` \| (\S+) \|/gm)) {
    const [, known] =
      Object.entries<OptionDeclaration>(serveCommand.options).find(([key, each]) => flagOf(key, each) === `--${option}`) ?? [];
    expect(known, option).toBeDefined();
    if (!["–", "cores"].includes(shown)) expect(String(known?.default), option).toBe(shown);
  }
  const { textUnits, documents, lineBytes, streamWindow, bodyMs, stalledMs, pairs, sentencePairWords } = defaultLimits;
  const count = (limit: number): string => limit.toLocaleString("en");
  const sentence = `Some limits are fixed: ${count(textUnits)} UTF-16 units for a text, ${count(documents)} texts in a JSON request, ${lineBytes >> 20} MiB for a line of a stream, ${streamWindow} lines of a stream in progress, ${bodyMs / 1000} seconds for a body to arrive, and ${stalledMs / 1000} seconds in which a client takes no byte of an answer.`;
  expect(prose).toContain(sentence);
  expect(prose).toContain(`${count(pairs)} pairs in a JSON request`);
  expect(prose).toContain(`${count(sentencePairWords)} words over all pairs`);
  expect([88 * 87 * 256 <= sentencePairWords, 89 * 88 * 256 > sentencePairWords]).toEqual([true, true]);
  const { retryFirstMs, retryLongestMs, grownBytes, renewMs } = defaultLimits;
  expect(prose).toContain(`by itself after ${retryFirstMs / 1000} seconds`);
  expect(prose).toContain(`up to ${retryLongestMs / 60_000} minutes`);
  expect(prose).toContain(`grown by more than ${grownBytes / 2 ** 30} GiB`);
  expect(prose).toContain(`at most every ${renewMs / 60_000} minutes`);
});

test("the requests on the page get the answers it shows", async () => {
  const { url } = await startServer();
  const commands = [...page.matchAll(/^```sh\n((?:.*\n)*?)```$/gm)]
    .map(([, code = ""]) => code)
    .filter((code) => code.includes("curl"));
  expect(commands).toHaveLength(3);
  const [one, stream, triples] = await Promise.all(
    commands.map(async (code) => shell(code.replaceAll("http://127.0.0.1:7433", url), root)),
  );
  const [, shown = ""] = /^```json\n((?:.*\n)*?)```$/m.exec(page) ?? [];
  expect(JSON.parse(one?.out ?? "")).toEqual(roughly(JSON.parse(shown)));
  expect(triples?.out).toBe("Mara Voss\tfounded\tAcme\t0.900\n");
  const lines = stream?.out
    .trimEnd()
    .split("\n")
    .map((line) => extraction.parse(JSON.parse(line)));
  expect(lines?.map(({ id, text }) => [id, text])).toEqual([
    [undefined, "Mara Voss leads Kettle."],
    ["b", "Ada left Acme"],
  ]);
});

/** The page shows three digits of a confidence. */
function roughly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(roughly);
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([name, each]: [string, unknown]) => [
    name,
    name === "confidence" ? expect.closeTo(each as number, 2) : roughly(each),
  ]);
  return Object.fromEntries(fields) as unknown;
}
