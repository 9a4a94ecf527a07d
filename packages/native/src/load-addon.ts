import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { platformName } from "./platform.ts";
import type { RecordedKernels } from "./recorder.ts";

/** Instruction sets of the addon, the fastest first on processors that have them. */
export type InstructionSet = "avx512" | "avx2" | "generic";

/** What the addon exports. */
export interface Addon {
  /** The sets of this processor, the fastest first. */
  readonly instructionSets: readonly InstructionSet[];
  /**
   * The kernels of one set on one memory. `attach` follows a memory that has grown.
   *
   * @throws {Error} if the processor has no such set
   */
  bind(memory: Uint8Array, record: Uint32Array, set: InstructionSet): RecordedKernels & { attach(memory: Uint8Array): void };
  /**
   * Exists in a build with the address sanitizer, which then ends the process at any access to
   * forbidden bytes.
   */
  forbid?(memory: Uint8Array, from: number, to: number, forbidden: boolean): void;
}

/** The addon and its file, or one line that says why there is none. */
export type Loaded = { readonly addon: Addon; readonly file: string } | { readonly reason: string };

const require = createRequire(import.meta.url);
let loaded: Loaded | undefined;

/**
 * Loads the addon: the file that `WEFT_NATIVE_ADDON` names, else the one that was built in a clone
 * of the repository, else that of the package for this platform. The result is kept.
 */
export function loadAddon(): Loaded {
  loaded ??= load();
  return loaded;
}

function load(): Loaded {
  const built = fileURLToPath(new URL("../build/here/weft.node", import.meta.url));
  const file = process.env["WEFT_NATIVE_ADDON"] ?? (existsSync(built) ? built : packagedFile());
  if (file === undefined) return { reason: `there are no native kernels for ${platformName()}` };
  try {
    return { addon: require(file) as Addon, file };
  } catch (error) {
    const [line] = (error instanceof Error ? error.message : String(error)).split("\n");
    return { reason: `the native kernels do not load: ${line}` };
  }
}

function packagedFile(): string | undefined {
  try {
    return require.resolve(`@weft-nlp/native-${platformName()}/weft.node`);
  } catch {
    return undefined;
  }
}
