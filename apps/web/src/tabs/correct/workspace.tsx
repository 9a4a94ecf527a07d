import { useState } from "preact/hooks";
import { Failure } from "../../parts/failure.tsx";
import { Segments } from "../../parts/segments.tsx";
import { AgreementDialog } from "./agreement-dialog.tsx";
import { edits } from "./annotation-edit.ts";
import { annotator, useAnnotator } from "./annotator.ts";
import { Board } from "./board.tsx";
import { Conflict } from "./conflict.tsx";
import {
  chosen,
  current,
  edit,
  openProject,
  position,
  project,
  redo,
  retrySaving,
  saveState,
  sort,
  undo,
  type Working,
} from "./correct-state.ts";
import type { ProjectEntry } from "./corrections-api.ts";
import { EverywhereBar } from "./everywhere-bar.tsx";
import { ExportCorrections } from "./export-corrections.tsx";
import { Finished } from "./finished.tsx";
import { onKey } from "./keys.ts";
import { NoteRow } from "./note-row.tsx";
import { PartList } from "./part-list.tsx";
import { Rail } from "./rail.tsx";
import { doneAndNext, goBy } from "./rail-state.ts";
import { TrainPanel } from "./train-panel.tsx";
import { TypeBar } from "./type-bar.tsx";

/** The workspace of a project, one sentence at a time. */
export function Workspace({ training }: { readonly training: boolean }) {
  const opened = project.value;
  const now = current.value;
  if (opened === null) return null;
  const finished = opened.sentences > 0 && opened.done === opened.sentences;
  return (
    <div class="workspace" onKeyDown={onKey}>
      <Controls opened={opened}>{training && !finished ? <TrainPanel name={opened.name} done={opened.done} /> : null}</Controls>
      {finished ? <Finished opened={opened} training={training} /> : null}
      <div class="desk">
        <Rail />
        {now === null ? (
          <p class="quiet">This project has no sentences. Add some from the tab Extract with “Correct this”.</p>
        ) : (
          <Sentence key={now.server.id} working={now} count={opened.sentences} />
        )}
      </div>
    </div>
  );
}

interface ControlsProps {
  readonly opened: ProjectEntry;
  readonly children: preact.ComponentChildren;
}

function Controls({ opened, children }: ControlsProps) {
  const [comparing, setComparing] = useState(false);
  return (
    <div class="panel controls">
      <div class="row">
        <strong>
          <bdi>{opened.name}</bdi>
        </strong>
        <progress max={opened.sentences} value={opened.done} aria-label="Sentences that are done" />
        <span class="quiet">
          {opened.done} of {opened.sentences} done
        </span>
        <SaveState state={saveState.value} />
        <span class="push" />
        <Segments
          label="Order"
          names={[
            ["uncertainty", "Uncertain first"],
            ["order", "Text order"],
          ]}
          chosen={sort.value}
          choose={(by) => void openProject(opened.name, by)}
        />
      </div>
      <div class="row second">
        <label>
          Annotator{" "}
          <input
            class="annotator"
            maxLength={100}
            placeholder="your name"
            value={annotator.value}
            onChange={({ currentTarget }) => useAnnotator(currentTarget.value)}
          />
        </label>
        <button type="button" onClick={() => setComparing(true)}>
          Agreement…
        </button>
        <span class="push" />
        <ExportCorrections name={opened.name} />
      </div>
      {children}
      {comparing ? <AgreementDialog opened={opened} close={() => setComparing(false)} /> : null}
    </div>
  );
}

function Sentence({ working, count }: { readonly working: Working; readonly count: number }) {
  const { server, history } = working;
  const annotated = history.present;
  return (
    <section class="sentence-desk" aria-label="Sentence">
      <div class="row steps">
        <button type="button" disabled={position.value === 0} onClick={() => goBy(-1)} title="P">
          Previous
        </button>
        <button type="button" disabled={position.value + 1 >= count} onClick={() => goBy(1)} title="N">
          Next
        </button>
        <span class="quiet" role="status">
          {position.value + 1} of {count} · <bdi>{server.document.id}</bdi>
          {server.uncertainty > 0 ? ` · uncertainty ${server.uncertainty.toFixed(2)}` : ""}
          {annotated.done ? " · done" : ""}
        </span>
        <span class="push" />
        <button type="button" disabled={history.past.length === 0} onClick={undo} title="Ctrl + Z">
          Undo
        </button>
        <button type="button" disabled={history.future.length === 0} onClick={redo} title="Ctrl + Shift + Z">
          Redo
        </button>
        {annotated.done ? (
          <button type="button" onClick={() => edit(edits.reopen)}>
            Mark as not done
          </button>
        ) : (
          <button type="button" class="main" onClick={doneAndNext} title="Ctrl + Enter">
            Done, next
          </button>
        )}
      </div>
      {working.state === "conflict" ? <Conflict working={working} /> : null}
      {working.state === "refused" ? <Failure error={working.error} retry={retrySaving} /> : null}
      <div class="panel board">
        <Board sentence={server} annotated={annotated} />
        {/* Below the drawing, which must not move between the two clicks of a double click. */}
        <TypeBar />
        <EverywhereBar />
        <NoteRow annotated={annotated} />
        <PartList sentence={server} annotated={annotated} />
        <p class="unseen" role="status">
          {chosen.value === null ? "" : `Selected: ${nameOf(working)}`}
        </p>
      </div>
    </section>
  );
}

/** The chosen part in words, for screen readers. */
function nameOf({ server: { document }, history: { present } }: Working): string {
  const [kind, index] = (chosen.value ?? "").split(":");
  const words = (place: number): string => {
    const entity = present.entities[place];
    const [first, last] = [document.tokens[entity?.start ?? -1], document.tokens[(entity?.end ?? 0) - 1]];
    return first === undefined || last === undefined ? "" : document.text.slice(first.start, last.end);
  };
  const relation = kind === "relation" ? present.relations[Number(index)] : undefined;
  if (relation !== undefined) return `${words(relation.head)} ${relation.type} ${words(relation.tail)}`;
  const entity = present.entities[Number(index)];
  return `${words(Number(index))}, ${entity?.type ?? "no type"}${entity?.confidence === undefined ? "" : ", suggested"}`;
}

const saveWords: Record<Working["state"], string> = {
  saved: "Saved",
  saving: "Saving…",
  offline: "Offline: kept in this browser, retrying",
  conflict: "Changed elsewhere",
  refused: "Not saved",
};

function SaveState({ state }: { readonly state: Working["state"] }) {
  return (
    <span class={`save-state ${state}`} role="status" data-state={state}>
      {saveWords[state]}
    </span>
  );
}
