import { textTable } from "@weft-nlp/draw";
import { cacheFolder, cacheLimit, listEncoders, listFeatureFiles, shownName } from "@weft-nlp/node/encoders";
import type { Handler } from "../command.ts";
import type { cacheShowCommand } from "../commands/cache-show-command.ts";
import { size } from "../words.ts";

export const run: Handler<typeof cacheShowCommand> = async ({ terminal }) => {
  const [encoders, files] = [await listEncoders(), await listFeatureFiles()];
  const groups = [...new Set(files.map(({ group }) => group))].sort().map((group) => {
    const own = files.filter((file) => file.group === group);
    return {
      name: group,
      bytes: own.reduce((total, { bytes }) => total + bytes, 0),
      used: Math.max(...own.map(({ used }) => used)),
    };
  });
  const folder = cacheFolder();
  const limit = cacheLimit();
  if (terminal.json) return terminal.printJson({ folder, limit, encoders, features: groups });
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const rows = [
    ...encoders.map((each) => ["encoder", shownName(each), size(each.bytes), day(each.used)]),
    ...groups.map(({ name, bytes, used }) => ["features", name, size(bytes), day(used)]),
  ];
  const total = groups.reduce((sum, { bytes }) => sum + bytes, 0);
  const summary = `${folder}: features take ${size(total)} of ${size(limit)}`;
  if (rows.length === 0) return terminal.print(`${folder} is empty`);
  await terminal.print(`${textTable(["kind", "what", "size", "last used"], rows, { width: terminal.width })}\n\n${summary}`);
};
