import { useEffect, useState } from "preact/hooks";
import type { Exported, ExportFormat } from "./export-formats.ts";
import { found, localModels, shown } from "./extract-state.ts";

/** Copies or downloads the shown result in any format. */
export function ExportMenu() {
  const [all, setFormats] = useState<readonly ExportFormat[]>([]);
  const [name, setName] = useState("triples");
  const [said, say] = useState("");
  // Loaded lazily: writers are needed only after the first result.
  useEffect(() => {
    const load = async (): Promise<void> => {
      const { exportFormats, serverFormats } = await import("./export-formats.ts");
      setFormats(exportFormats);
      setFormats([...exportFormats, ...(await serverFormats())]);
    };
    load().catch(() => say("The formats could not be loaded"));
  }, []);
  // Results computed in this browser never go to the server.
  const local = localModels.value.some(({ entry }) => entry === found.value?.model);
  const formats = local ? all.filter(({ remote }) => !remote) : all;
  const chosen = formats.find((format) => format.name === name) ?? formats[0];
  const writing = (use: (files: Exported["files"], format: ExportFormat) => Promise<string> | string) => () => void write(use);
  async function write(use: (files: Exported["files"], format: ExportFormat) => Promise<string> | string): Promise<void> {
    if (chosen === undefined || shown.value === null) return;
    try {
      const { files, omissions } = await chosen.write(shown.value);
      const done = await use(files, chosen);
      say(
        omissions.length === 0 ? done : `${done}; ${chosen.title} cannot hold everything (${omissions.length}): ${omissions[0]}`,
      );
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }
  return (
    <div class="export row">
      <label>
        <span class="unseen">Format</span>
        <select
          value={chosen?.name ?? ""}
          disabled={formats.length === 0}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        >
          {(["Relations", "Annotation"] as const).map((group) => (
            <optgroup key={group} label={group}>
              {formats
                .filter((format) => format.group === group)
                .map((format) => (
                  <option key={format.name} value={format.name}>
                    {format.title}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      <button type="button" disabled={chosen === undefined} onClick={writing(copy)}>
        Copy
      </button>
      <button type="button" disabled={chosen === undefined} onClick={writing(download)}>
        Download
      </button>
      <span role="status" class="quiet">
        {said}
      </span>
    </div>
  );
}

async function copy(files: Exported["files"]): Promise<string> {
  const decoder = new TextDecoder();
  await navigator.clipboard.writeText([...files.values()].map((bytes) => decoder.decode(bytes)).join("\n"));
  return "Copied";
}

async function download(files: Exported["files"], { extension, mediaType }: ExportFormat): Promise<string> {
  for (const [place, [file, bytes]] of [...files].entries()) {
    // Browsers drop a download if another follows at once.
    if (place > 0) await new Promise((resolve) => setTimeout(resolve, 300));
    const address = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: mediaType }));
    const link = document.createElement("a");
    link.href = address;
    link.download = file === "" ? `weft${extension}` : file.startsWith(".") ? `weft${file}` : file;
    link.click();
    // Delayed: some browsers start reading only after this turn.
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }
  return files.size === 1 ? "Downloaded" : `${files.size} files downloaded`;
}
