import { removeEncoder } from "@weft-nlp/node/encoders";
import type { Handler } from "../command.ts";
import type { encoderRemoveCommand } from "../commands/encoder-remove-command.ts";
import { size } from "../words.ts";

export const run: Handler<typeof encoderRemoveCommand> = async ({ terminal }, { encoder }) => {
  const removed = await removeEncoder(encoder);
  if (terminal.json) await terminal.printJson(removed);
  else terminal.say(`${encoder} removed, ${size(removed.bytes)}`);
};
