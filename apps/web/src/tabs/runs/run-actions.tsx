import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { addressOf } from "../../route.ts";
import { call, send } from "../../server-requests.ts";
import { renameNumber } from "./run-colours.ts";
import type { RunEntry } from "./runs-api.ts";
import { chosen, compared, loadRuns, runs } from "./runs-state.ts";

/** Renames, tags, downloads and deletes a run. */
export function RunActions({ run }: { readonly run: RunEntry }) {
  const [open, setOpen] = useState<"rename" | "tags" | "delete" | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const close = (): void => setOpen(null);
  return (
    <>
      <div class="row actions">
        <button type="button" class="plain" disabled={run.state === "running"} onClick={() => setOpen("rename")}>
          Rename
        </button>
        <button type="button" class="plain" onClick={() => setOpen("tags")}>
          Tags
        </button>
        <button type="button" class="plain" onClick={() => void download(run.name).then(() => setFailure(null), setFailure)}>
          Download
        </button>
        <button type="button" class="plain" disabled={run.state === "running"} onClick={() => setOpen("delete")}>
          Delete
        </button>
      </div>
      {failure === null ? null : <Failure error={failure} />}
      {open === "rename" ? <Rename run={run} close={close} /> : null}
      {open === "tags" ? <Tags run={run} close={close} /> : null}
      {open === "delete" ? <Delete run={run} close={close} /> : null}
    </>
  );
}

interface AskProps {
  readonly run: RunEntry;
  readonly close: () => void;
}

function Rename({ run, close }: AskProps) {
  const last = run.name.split("/").at(-1) ?? run.name;
  return (
    <Asking
      title={`Rename ${run.name}`}
      action="Rename"
      close={close}
      act={async (fields) => {
        const { name } = await call("changeRun", { params: { name: run.name }, body: { name: textOf(fields, "name").trim() } });
        renameNumber(run.name, name);
        const renamed = (each: string): string => (each === run.name ? name : each);
        chosen.value = chosen.value.map(renamed);
        if (compared.value !== null)
          compared.value = { ...compared.value, a: renamed(compared.value.a), b: renamed(compared.value.b) };
        location.hash = addressOf("runs", name);
      }}
    >
      <label>
        New name{" "}
        <input
          name="name"
          required
          autofocus
          defaultValue={last}
          pattern="[A-Za-z0-9][A-Za-z0-9_.\-]{0,79}"
          title="letters, digits, _, . and -"
        />
      </label>
    </Asking>
  );
}

function Tags({ run, close }: AskProps) {
  return (
    <Asking
      title={`Tags of ${run.name}`}
      action="Save"
      close={close}
      act={async (fields) => {
        const tags = textOf(fields, "tags")
          .split(",")
          .map((tag) => tag.trim())
          .filter((tag) => tag !== "");
        await call("changeRun", { params: { name: run.name }, body: { tags } });
      }}
    >
      <label>
        Tags, with commas between them{" "}
        <input name="tags" autofocus defaultValue={run.tags.join(", ")} placeholder="baseline, to keep" />
      </label>
    </Asking>
  );
}

function Delete({ run, close }: AskProps) {
  const inside = runs.value.filter(({ name }) => name.startsWith(`${run.name}/`)).length;
  return (
    <Asking
      title={`Delete ${run.name}?`}
      action="Delete"
      danger
      close={close}
      act={async () => {
        await call("removeRun", { params: { name: run.name } });
        const stays = (name: string): boolean => name !== run.name && !name.startsWith(`${run.name}/`);
        chosen.value = chosen.value.filter(stays);
        const { a = "", b = "" } = compared.value ?? {};
        if (!stays(a) || !stays(b)) compared.value = null;
        location.hash = addressOf("runs");
      }}
    >
      <p>
        Its model, curves and scores go
        {inside === 0
          ? ""
          : inside === 1
            ? ", and so does the run inside its folder"
            : `, and so do the ${inside} runs inside its folder`}
        . The files move to the folder <code>.trash</code> in the runs folder, from where the server's administrator can restore
        them.
      </p>
    </Asking>
  );
}

interface AskingProps {
  readonly title: string;
  readonly action: string;
  readonly danger?: boolean;
  readonly close: () => void;
  readonly act: (fields: FormData) => Promise<void>;
  readonly children: ComponentChildren;
}

/** A dialog that does one thing, stays open if that fails, and says why. */
function Asking({ title, action, danger = false, close, act, children }: AskingProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  async function submit(form: HTMLFormElement): Promise<void> {
    setBusy(true);
    setError(null);
    try {
      await act(new FormData(form));
      await loadRuns();
      close();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  }
  return (
    <Dialog title={title} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        {children}
        {error === null ? null : <Failure error={error} />}
        <div class="answers">
          <button type="button" autofocus={danger} onClick={close}>
            Cancel
          </button>
          <button type="submit" class={danger ? "danger" : "main"} disabled={busy}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Asks with the token, which a plain link could not send. */
async function download(name: string): Promise<void> {
  const response = await send("downloadRun", { params: { name } });
  const [, file = "run.tar.gz"] = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "") ?? [];
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = file;
  link.click();
  URL.revokeObjectURL(address);
}

function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === "string" ? value : "";
}
