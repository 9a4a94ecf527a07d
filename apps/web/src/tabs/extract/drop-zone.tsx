import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { failure, run, text } from "./extract-state.ts";
import { readable, readFiles } from "./read-files.ts";
import { remember } from "./recent-documents.ts";

/** Takes files that are dropped on its children, and reads the first. */
export function DropZone({ children }: { readonly children: ComponentChildren }) {
  const [over, setOver] = useState(0);
  const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes("Files") === true;
  return (
    <div
      class={over > 0 ? "drop-zone over" : "drop-zone"}
      onDragEnter={(event) => {
        if (holdsFiles(event)) setOver((count) => count + 1);
      }}
      onDragLeave={(event) => {
        if (holdsFiles(event)) setOver((count) => Math.max(0, count - 1));
      }}
      onDragOver={(event) => {
        if (holdsFiles(event)) event.preventDefault();
      }}
      onDrop={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        setOver(0);
        void openFiles([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      {children}
      {over > 0 ? <p class="drop-here">Drop text, HTML, PDF or JSON lines</p> : null}
    </div>
  );
}

/** Opens files without dragging. */
export function OpenFilesButton() {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        class="plain"
        title="Text, Markdown, HTML, PDF or JSON lines; dropping them on the text does the same"
        onClick={() => picker.current?.click()}
      >
        Open files…
      </button>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        accept={readable}
        aria-label="Files to read"
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = "";
          void openFiles(files);
        }}
      />
    </>
  );
}

async function openFiles(files: readonly File[]): Promise<void> {
  if (files.length === 0) return;
  try {
    const texts = await readFiles(files);
    // The first is opened; the others wait among the recent documents.
    for (const each of texts.toReversed()) remember(each.text, each.title);
    text.value = texts[0]?.text ?? "";
    failure.value = null;
    await run();
  } catch (error) {
    failure.value = { error, retry: undefined };
  }
}
