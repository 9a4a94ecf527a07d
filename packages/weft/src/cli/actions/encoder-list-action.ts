import { textTable } from "@weft-nlp/draw";
import { cacheFolder, listEncoders, shownName } from "@weft-nlp/node/encoders";
import type { Handler } from "../command.ts";
import type { encoderListCommand } from "../commands/encoder-list-command.ts";
import { size } from "../words.ts";

export const run: Handler<typeof encoderListCommand> = async ({ terminal }) => {
  const all = await listEncoders();
  if (terminal.json) return terminal.printJson(all.map((each) => ({ ...each, listed: shownName(each) })));
  if (all.length === 0) {
    terminal.say(`no encoder in ${cacheFolder()}; weft encoder add fetches one`);
    return;
  }
  const rows = all.map((each) => [shownName(each), size(each.bytes), each.checksum]);
  await terminal.print(textTable(["encoder", "size", "SHA-256"], rows, { width: terminal.width }));
};
