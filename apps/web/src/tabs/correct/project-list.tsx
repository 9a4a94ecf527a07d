import { useEffect, useRef, useState } from "preact/hooks";
import { Failure } from "../../parts/failure.tsx";
import { addressOf } from "../../route.ts";
import { call } from "../../server-requests.ts";
import { listModels, type ModelEntry } from "../extract/run-extraction.ts";
import { corrections, type ProjectEntry, type ProjectList as Projects } from "./corrections-api.ts";
import { DeleteProject } from "./delete-project.tsx";
import { RenameProject } from "./rename-project.tsx";

/** The list of projects, and the form for a new one. */
export function ProjectList({ list, reload }: { readonly list: Projects; readonly reload: () => void }) {
  const [leaving, setLeaving] = useState<ProjectEntry | null>(null);
  const [renaming, setRenaming] = useState<ProjectEntry | null>(null);
  /** The renamed project gets a new row, which must take the focus. */
  const [renamed, setRenamed] = useState<string | null>(null);
  return (
    <>
      {list.projects.length === 0 ? (
        <p class="panel empty">
          No project yet. Paste a text below: a model suggests entities and relations, you correct them, and the next model learns
          from that.
        </p>
      ) : (
        <section class="panel projects" aria-label="Projects">
          <ul>
            {list.projects.map((entry) => (
              <ProjectLine
                key={entry.name}
                entry={entry}
                focused={entry.name === renamed}
                rename={() => setRenaming(entry)}
                remove={() => setLeaving(entry)}
              />
            ))}
          </ul>
        </section>
      )}
      <NewProject data={list.data} />
      {renaming === null ? null : (
        <RenameProject
          entry={renaming}
          close={(name) => {
            setRenaming(null);
            setRenamed(name ?? null);
            if (name !== undefined) reload();
          }}
        />
      )}
      {leaving === null ? null : (
        <DeleteProject
          entry={leaving}
          close={(changed) => {
            setLeaving(null);
            if (changed) reload();
          }}
        />
      )}
    </>
  );
}

interface ProjectLineProps {
  readonly entry: ProjectEntry;
  /** Whether the row takes the focus. */
  readonly focused: boolean;
  readonly rename: () => void;
  readonly remove: () => void;
}

function ProjectLine({ entry, focused, rename, remove }: ProjectLineProps) {
  const { name, sentences, done, model } = entry;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (focused) button.current?.focus();
  }, [focused]);
  return (
    <li class="row">
      <a href={addressOf("correct", name)}>{name}</a>
      <progress max={sentences} value={done} aria-label={`Done in ${name}`} />
      <span class="quiet">
        {done} of {sentences} {sentences === 1 ? "sentence" : "sentences"} done
        {model === null ? "" : ` · suggestions from ${model}`}
      </span>
      <span class="push">
        <button ref={button} type="button" class="plain" aria-label={`Rename ${name}`} onClick={rename}>
          Rename
        </button>
        <button type="button" class="plain" aria-label={`Delete ${name}`} onClick={remove}>
          Delete
        </button>
      </span>
    </li>
  );
}

function NewProject({ data }: { readonly data: boolean }) {
  const [models, setModels] = useState<readonly ModelEntry[]>([]);
  const [files, setFiles] = useState<readonly string[]>([]);
  const [source, setSource] = useState<"texts" | "data">("texts");
  const [chosen, choose] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    listModels().then(setModels, setError);
    if (data) {
      call("data").then(
        (answer) => setFiles(answer.files.map(({ name }) => name)),
        () => setFiles([]),
      );
    }
  }, [data]);
  // A text usually needs suggestions; an annotated file has annotations already.
  const model = chosen ?? (source === "texts" ? (models.find(({ needsEntities }) => !needsEntities)?.name ?? "") : "");
  async function create(form: HTMLFormElement): Promise<void> {
    const field = (name: string): string => {
      const value = new FormData(form).get(name);
      return typeof value === "string" ? value : "";
    };
    const name = field("name").trim();
    setBusy(true);
    setError(null);
    try {
      const suggest = { model: model === "" ? null : model };
      await corrections.create(
        source === "data" ? { name, data: field("file"), ...suggest } : { name, texts: [field("text")], ...suggest },
      );
      location.hash = addressOf("correct", name);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  }
  return (
    <form
      class="panel new-project"
      onSubmit={(event) => {
        event.preventDefault();
        void create(event.currentTarget);
      }}
    >
      <h2>New project</h2>
      <div class="row">
        <label>
          Name <input name="name" required pattern="[A-Za-z0-9][A-Za-z0-9_\-]{0,79}" title="letters, digits, _ and -" />
        </label>
        <label>
          Suggestions from{" "}
          <select value={model} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            {models.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
            <option value="">no model</option>
          </select>
        </label>
        {files.length === 0 ? null : (
          <label>
            Of{" "}
            <select value={source} onChange={({ currentTarget }) => setSource(currentTarget.value as "texts" | "data")}>
              <option value="texts">a text</option>
              <option value="data">an annotated file</option>
            </select>
          </label>
        )}
      </div>
      {source === "data" ? (
        <label class="row">
          File{" "}
          <select name="file">
            {files.map((file) => (
              <option key={file} value={file}>
                {file}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <textarea name="text" aria-label="Text" dir="auto" rows={6} required placeholder="Paste the text to correct" />
      )}
      <div class="row">
        <button type="submit" class="main" disabled={busy}>
          {busy ? "Reading…" : "Begin"}
        </button>
      </div>
      {error === null ? null : <Failure error={error} />}
    </form>
  );
}
