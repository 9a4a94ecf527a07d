import { useEffect, useState } from "preact/hooks";
import { corrections } from "./corrections-api.ts";

/** Downloads what was corrected in any annotation format. */
export function ExportCorrections({ name }: { readonly name: string }) {
  const [formats, setFormats] = useState<readonly { readonly name: string; readonly title: string }[]>([]);
  const [format, setFormat] = useState("jsonl");
  const [which, setWhich] = useState<"done" | "all">("done");
  const [said, say] = useState("");
  useEffect(() => {
    // Of use after the first correction, so it does not hold up the page before it.
    import("./annotation-formats.ts").then(
      ({ annotationFormats }) => setFormats(annotationFormats),
      () => say("The formats could not be loaded"),
    );
  }, []);
  async function download(): Promise<void> {
    try {
      const { sentences, files, omissions } = await corrections.export(name, format, which);
      for (const [place, { name: file, content }] of files.slice(0, maxFiles).entries()) {
        // Browsers omit a download that another one follows at once.
        if (place > 0) await new Promise((resolve) => setTimeout(resolve, 300));
        const address = URL.createObjectURL(new Blob([content], { type: "text/plain" }));
        const link = document.createElement("a");
        link.href = address;
        link.download = file.replaceAll("/", "-");
        link.click();
        setTimeout(() => URL.revokeObjectURL(address), 60_000);
      }
      const rest = files.length > maxFiles ? `; ${files.length - maxFiles} more files come from the command line` : "";
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
        <option value="done">what is done</option>
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

/** Formats with a file for each document would fill somebody's folder of downloads. */
const maxFiles = 20;
