import { DropZone, OpenFilesButton } from "./drop-zone.tsx";
import { exampleText } from "./example-text.ts";
import { busy, chosenModel, model, models, run, stop, text } from "./extract-state.ts";
import { GivenPanel } from "./given-panel.tsx";
import { LocalModelButton } from "./local-model-button.tsx";

/** The form for the text and the model. */
export function TextForm() {
  const asked = model.value;
  return (
    <form
      class="panel text-form"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <label class="unseen" for="text">
        Text
      </label>
      <DropZone>
        <textarea
          id="text"
          dir="auto"
          rows={7}
          spellcheck={false}
          placeholder="Paste a text, or drop files here: text, HTML, PDF, JSON lines"
          value={text.value}
          onInput={({ currentTarget }) => {
            text.value = currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            void run();
          }}
        />
      </DropZone>
      {asked?.needsEntities === true ? <GivenPanel model={asked} /> : null}
      <div class="row">
        <label>
          Model{" "}
          <select
            value={asked?.name ?? ""}
            disabled={models.value.length === 0}
            onChange={({ currentTarget }) => {
              chosenModel.value = currentTarget.value;
            }}
          >
            {models.value.map(({ name, kind }) => (
              <option key={name} value={name}>
                {name} ({kind})
              </option>
            ))}
          </select>
        </label>
        <OpenFilesButton />
        <LocalModelButton />
        <button
          type="button"
          class="plain"
          disabled={text.value === exampleText}
          onClick={() => {
            text.value = exampleText;
            void run();
          }}
        >
          Example
        </button>
        <button
          type="button"
          class="plain"
          disabled={text.value === ""}
          onClick={() => {
            text.value = "";
          }}
        >
          Clear
        </button>
        <span class="quiet push">{text.value.length.toLocaleString("en")} characters</span>
        {busy.value ? (
          <button type="button" onClick={stop}>
            Stop
          </button>
        ) : null}
        <button
          type="submit"
          class="main"
          disabled={asked === undefined || text.value.trim() === "" || busy.value}
          title="Ctrl + Enter"
        >
          {busy.value ? "Reading…" : "Extract"}
        </button>
      </div>
    </form>
  );
}
