import { useEffect, useState } from "preact/hooks";
import { corrections } from "./corrections-api.ts";

/** Downloads the corrections in any annotation format. */
export function ExportCorrections({ name }: { readonly name: string }) {
  const [formats, setFormats] = useState<readonly { readonly name: string; readonly title: string }[]>([]);
  const [format, setFormat] = useState("jsonl");
  const [which, setWhich] = useState<"done" | "all">("done");
  const [said, say] = useState("");
  useEffect(() => {
    // Loaded lazily: formats are needed only after the first correction.
    import("./annotation-formats.ts").then(
      ({ annotationFormats }) => setFormats(annotationFormats),
      () => say("The formats could not be loaded"),
    );
  }, []);
  async function download(): Promise<void> {
    try {
      const { sentences, files, omissions } = await corrections.export(name, format, which);
      for (const [place, { name: file, content }] of files.slice(0, maxFiles).entries()) {
        // Browsers drop a download if another follows at once.
        if (place > 0) await new Promise((resolve) => setTimeout(resolve, 300));
        const address = URL.createObjectURL(new Blob([content], { type: "text/plain" }));
        const link = document.createElement("a");
        link.href = address;
        link.download = file.replaceAll("/", "-");
        link.click();
        setTimeout(() => URL.revokeObjectURL(address), 60_000);
      }
      const rest = files.length > maxFiles ? `; use weft data convert for the other ${files.length - maxFiles} files` : "";
      const omitted = omissions.length === 0 ? "" : `; the format cannot hold everything (${omissions.length}): ${omissions[0]}`;
      say(`${sentences} ${sentences === 1 ? "sentence" : "sentences"}${rest}${omitted}`);
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  }
  return (
    <div class="export row">
      <select aria-label="Format" value={format} onChange={({ currentTarget }) => setFormat(currentTarget.value)}>
        {formats.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      <select
        aria-label="Which sentences"
        value={which}
        onChange={({ currentTarget }) => setWhich(currentTarget.value as "done" | "all")}
      >
        <option value="done">done only</option>
        <option value="all">all</option>
      </select>
      <button type="button" onClick={() => void download()}>
        Export
      </button>
      <span role="status" class="quiet">
        {said}
      </span>
    </div>
  );
}

/** Formats with a file for each document would flood the user's downloads folder. */
const maxFiles = 20;
