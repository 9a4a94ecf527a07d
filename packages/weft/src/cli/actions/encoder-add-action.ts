import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type AddEncoderOptions, addEncoderFolder, fetchEncoder, isEncoderName, parseBytes } from "@weft-nlp/node/encoders";
import { UsageError } from "@weft-nlp/node/errors";
import type { CommandContext, Handler } from "../command.ts";
import type { encoderAddCommand } from "../commands/encoder-add-command.ts";
import type { ProgressBar } from "../progress-bar.ts";
import { size } from "../words.ts";

export const run: Handler<typeof encoderAddCommand> = async ({ terminal, signal }, { encoder: text, ...options }) => {
  const checksum = options.sha256?.toLowerCase();
  if (checksum !== undefined && !/^[0-9a-f]{64}$/.test(checksum)) {
    throw new UsageError("--sha256 is not a checksum", "expected 64 hexadecimal digits, as weft encoder add shows them");
  }
  const maxBytes = options.maxBytes === undefined ? undefined : parseBytes(options.maxBytes, "--max-bytes");
  const folder = await folderOf(text);
  const bars = new FileBars(terminal);
  const common: AddEncoderOptions = { checksum, signal, onProgress: (...progress) => bars.update(...progress) };
  try {
    const { encoder, already } =
      folder === undefined
        ? await fetchEncoder(text, { ...common, ...options, hub: options.mirror, maxBytes })
        : await addEncoderFolder(folder, common);
    bars.stop();
    if (terminal.json) return await terminal.printJson({ ...encoder, already });
    const { name, bytes, checksum: sha256, folder: place } = encoder;
    await terminal.print(
      `${name}${already ? " is in the cache already" : " added"}: ${size(bytes)} in ${place}\nSHA-256 ${sha256}`,
    );
    terminal.say(`use it with model.inputs.encoder: { name: ${name} }`);
  } finally {
    bars.stop();
  }
};

/** The folder that the text means; undefined if it is a name. */
async function folderOf(text: string): Promise<string | undefined> {
  const path = text.startsWith("~/") ? join(homedir(), text.slice(2)) : text;
  if (/^[./~\\]/.test(text) || !isEncoderName(text)) return path;
  return stat(path).then(
    (status) => (status.isDirectory() ? path : undefined),
    () => undefined,
  );
}

/** One bar at a time, for the file under way. */
class FileBars {
  readonly #terminal: CommandContext["terminal"];
  #file = "";
  #bar: ProgressBar | undefined;

  constructor(terminal: CommandContext["terminal"]) {
    this.#terminal = terminal;
  }

  update(file: string, bytes: number, total: number | undefined): void {
    if (total === undefined) return;
    if (file !== this.#file) {
      this.stop();
      this.#file = file;
      this.#bar = this.#terminal.progress(file, total);
    }
    this.#bar?.update(bytes, `${size(bytes)} of ${size(total)}`);
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
