import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { serveCommand } from "../../packages/weft/src/cli/commands/serve-command.ts";
import { send, startServer } from "../server/test-server.ts";

interface Panel {
  readonly id: number;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}

let url: string;
beforeAll(async () => void ({ url } = await startServer()));

test("the Grafana board asks for metrics that the server has, and its panels do not overlap", async () => {
  const { panels } = JSON.parse(readFileSync("examples/server/grafana.json", "utf8")) as { panels: readonly Panel[] };
  const { text } = await send(`${url}/metrics`);
  const known = new Set(
    [...text.matchAll(/^# TYPE (\S+) (\w+)$/gm)].flatMap(([, name = "", kind]) =>
      kind === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
  const asked = panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/\b(?:weft|process|nodejs)_\w+/g) ?? []),
  );
  expect(asked.length).toBeGreaterThan(12);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
  const ours = [...known].filter((name) => name.startsWith("weft_") && !/_(?:sum|count)$/.test(name));
  expect(ours.filter((name) => !asked.some((each) => each.startsWith(name.replace(/_bucket$/, ""))))).toEqual([
    "weft_tokens_total",
  ]);
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, k) => `${x + (k % w)} ${y + Math.floor(k / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});

test("the Dockerfile runs as another user than root, and its commands fit the server", async () => {
  const file = readFileSync("examples/server/Dockerfile", "utf8").replaceAll("\\\n", " ");
  const lists = Object.fromEntries(
    [...file.matchAll(/\b(ENTRYPOINT|CMD) (\[.*\])/g)].map(
      ([, name = "", list = ""]) => [name, JSON.parse(list) as string[]] as const,
    ),
  );
  const [, afterUser = ""] = file.split("\nUSER node\n");
  expect(afterUser).toMatch(/^EXPOSE 7433$/m);
  expect(afterUser).not.toMatch(/^(?:RUN|COPY|ADD|USER)/m);
  expect(existsSync(lists["ENTRYPOINT"]?.[1] ?? "")).toBe(true);
  const [command, , ...options] = lists["CMD"] ?? [];
  expect(command).toBe("serve");
  for (const option of options.filter((each) => each.startsWith("--")))
    expect(Object.keys(serveCommand.options)).toContain(option.slice(2));
  for (const [, from = ""] of file.matchAll(/COPY --from=build \/src\/(\S+)/g)) expect(existsSync(from)).toBe(true);
  // The check itself, on a server that answers and on one that does not.
  const [, probe = ""] = /"(fetch\(.*\))"\]/.exec(file) ?? [];
  const status = async (base: string): Promise<unknown> => {
    const [code] = (await once(
      spawn(process.execPath, ["-e", probe.replace("http://127.0.0.1:7433", base)]),
      "exit",
    )) as unknown[];
    return code;
  };
  expect(probe).toContain("/readyz");
  expect(await status(url)).toBe(0);
  expect(await status(`${url}/nothing`)).toBe(1);
});
