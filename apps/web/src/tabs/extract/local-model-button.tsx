import { useEffect, useRef } from "preact/hooks";
import { busy, chosenModel, failure, localModels } from "./extract-state.ts";
import { openLocalModel } from "./local-model/local-model.ts";

/** Opens a model folder from this computer, to extract in the page. */
export function LocalModelButton() {
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (picker.current !== null) picker.current.webkitdirectory = true;
  }, []);
  const open = async (files: readonly File[]): Promise<void> => {
    busy.value = true;
    try {
      const model = await openLocalModel(files);
      localModels.value = [...localModels.value.filter(({ entry }) => entry.name !== model.entry.name), model];
      chosenModel.value = model.entry.name;
      failure.value = null;
    } catch (error) {
      failure.value = { error, retry: () => picker.current?.click() };
    } finally {
      busy.value = false;
    }
  };
  return (
    <>
      <button
        type="button"
        class="plain"
        title="A folder with config.json, vocab.json, model.safetensors and, with word vectors, vectors.bin; the text then stays in this browser"
        onClick={() => picker.current?.click()}
      >
        Open a model folder…
      </button>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="Model folder"
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = "";
          if (files.length > 0) void open(files);
        }}
      />
    </>
  );
}
