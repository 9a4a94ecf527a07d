import { useEffect, useRef } from "preact/hooks";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { corrections, type ProjectEntry } from "./corrections-api.ts";
import { useGuardedChange } from "./use-guarded-change.ts";

export interface RenameProjectProps {
  readonly entry: ProjectEntry;
  /** @param name the project's new name; undefined if nothing has changed */
  readonly close: (name: string | undefined) => void;
}

/** Asks for a project's new name, and explains what keeps the old one. */
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
          <strong>Someone else has changed the project.</strong> It still has its old name, and {asked.entry.done} of its{" "}
          {asked.entry.sentences.toLocaleString("en")} sentences are done.
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
          Users who have it open are notified. Changes that could not be saved are sent when they open it under the new name.
          Models trained on it stay, but their trainings can be resumed only under the old name, which their configuration holds
          as the path of the data.
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
