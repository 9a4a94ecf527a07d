import { useEffect, useRef } from "preact/hooks";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { corrections, type ProjectEntry } from "./corrections-api.ts";
import { useGuardedChange } from "./use-guarded-change.ts";

export interface RenameProjectProps {
  readonly entry: ProjectEntry;
  /** @param name the project's name now; undefined where nothing has changed */
  readonly close: (name: string | undefined) => void;
}

/** Asks for another name of a project, and says what still goes by the old one. */
export function RenameProject({ entry, close }: RenameProjectProps) {
  const { asked, busy, error, attempt } = useGuardedChange(entry);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  const leave = (): void => close(asked.again ? entry.name : undefined);
  async function rename(): Promise<void> {
    const name = input.current?.value.trim() ?? "";
    if (name === entry.name) return leave();
    if (await attempt(async ({ revision }) => corrections.rename(entry.name, revision, name))) close(name);
  }
  return (
    <Dialog title={`Rename ${entry.name}`} close={leave}>
      {asked.again ? (
        <p role="alert">
          <strong>Somebody has worked on it meanwhile.</strong> It has its old name still, and {asked.entry.done} of its{" "}
          {asked.entry.sentences.toLocaleString("en")} sentences done.
        </p>
      ) : null}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void rename();
        }}
      >
        <label>
          New name
          <input
            ref={input}
            required
            pattern="[A-Za-z0-9][A-Za-z0-9_\-]{0,79}"
            title="letters, digits, _ and -"
            defaultValue={entry.name}
          />
        </label>
        <p class="quiet">
          Whoever has it open elsewhere is told, and what could not be saved there is sent once it is opened under its new name.
          Models that were trained on it stay; their trainings can be taken up again only under the old name, by which they know
          their data.
        </p>
        {error === null ? null : <Failure error={error} />}
        <div class="answers">
          <button type="button" onClick={leave}>
            Cancel
          </button>
          <button type="submit" class="main" disabled={busy}>
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  );
}
