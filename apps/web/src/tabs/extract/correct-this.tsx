import type { Document } from "@weft-nlp/core";
import { recordOf } from "@weft-nlp/core/formats";
import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { addressOf } from "../../route.ts";
import { corrections, type NewSentences, type ProjectEntry } from "../correct/corrections-api.ts";
import { localModels, shown } from "./extract-state.ts";
import type { ModelEntry } from "./run-extraction.ts";

/**
 * Adds the text and the shown annotations to a new or existing correction project, and opens it.
 */
export function CorrectThis({ model }: { readonly model: ModelEntry }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Correct this
      </button>
      {open && shown.value !== null ? <Chooser document={shown.value} model={model} close={() => setOpen(false)} /> : null}
    </>
  );
}

interface ChooserProps {
  readonly document: Document;
  readonly model: ModelEntry;
  readonly close: () => void;
}

function Chooser({ document, model, close }: ChooserProps) {
  const name = useRef<HTMLInputElement>(null);
  const [projects, setProjects] = useState<readonly ProjectEntry[] | null>(null);
  const [chosen, choose] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const local = localModels.value.some(({ entry }) => entry === model);
  useEffect(() => {
    corrections.list().then((list) => setProjects(list.projects), setError);
  }, []);
  // Select the name when the field appears, so the user can accept it or type over it.
  useEffect(() => name.current?.select(), [projects]);
  async function take(form: HTMLFormElement): Promise<void> {
    const field = new FormData(form).get("name");
    const made = typeof field === "string" ? field.trim() : "";
    const sentences: NewSentences = { model: local ? null : model.name, extraction: { ...recordOf(document) } };
    setBusy(true);
    setError(null);
    try {
      if (chosen === "") {
        await corrections.create({ name: made, ...sentences });
        location.hash = addressOf("correct", made);
      } else {
        const { first } = await corrections.add(chosen, sentences);
        location.hash = `${addressOf("correct", chosen)}?sentence=${first}`;
      }
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  }
  const { sentences, entities, relations } = document;
  return (
    <Dialog title="Correct this" close={close}>
      <p>
        {count(sentences.length, "sentence", "sentences")} with {count(entities.length, "entity", "entities")} and{" "}
        {count(relations.length, "relation", "relations")}, as shown now, become suggestions to accept or reject.
        {local ? " The text is sent to the server and stored there." : ""}
      </p>
      {error === null ? null : <Failure error={error} />}
      {projects === null ? (
        <div class="answers">
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void take(event.currentTarget);
          }}
        >
          {projects.length === 0 ? null : (
            <label>
              Project
              <select value={chosen} onChange={({ currentTarget }) => choose(currentTarget.value)}>
                <option value="">New project</option>
                {projects.map(({ name, sentences: there }) => (
                  <option key={name} value={name}>
                    {name} ({count(there, "sentence", "sentences")})
                  </option>
                ))}
              </select>
            </label>
          )}
          {chosen === "" ? (
            <label>
              Name of the new project
              <input
                name="name"
                required
                ref={name}
                pattern="[A-Za-z0-9][A-Za-z0-9_\-]{0,79}"
                title="letters, digits, _ and -"
                defaultValue={freeName(projects)}
              />
            </label>
          ) : null}
          <div class="answers">
            <button type="button" onClick={close}>
              Cancel
            </button>
            <button type="submit" class="main" disabled={busy}>
              {chosen === "" ? "Create project" : "Add to project"}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}

/** A free name with today's date. */
function freeName(projects: readonly ProjectEntry[]): string {
  const taken = new Set(projects.map(({ name }) => name.toLowerCase()));
  const day = `text-${new Date().toISOString().slice(0, 10)}`;
  let name = day;
  for (let number = 2; taken.has(name); number++) name = `${day}-${number}`;
  return name;
}

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
