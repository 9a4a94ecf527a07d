import { Failure } from "../../parts/failure.tsx";
import { Segments } from "../../parts/segments.tsx";
import { WordStrip } from "../../parts/word-strip.tsx";
import type { PartDetail } from "../../weft-arcs/weft-arcs.ts";
import { Arcs } from "../extract/arcs.tsx";
import { edits } from "./annotation-edit.ts";
import { Conflict } from "./conflict.tsx";
import {
  chosen,
  current,
  doneAndNext,
  edit,
  entityTypes,
  goTo,
  marking,
  openProject,
  position,
  project,
  redo,
  relating,
  retrySaving,
  saveState,
  sort,
  undo,
  type Working,
} from "./correct-state.ts";
import { ExportCorrections } from "./export-corrections.tsx";
import { onKey } from "./keys.ts";
import { PartList } from "./part-list.tsx";
import { TrainPanel } from "./train-panel.tsx";
import { TypeBar } from "./type-bar.tsx";

/** The workspace of a project, one sentence at a time. */
export function Workspace({ training }: { readonly training: boolean }) {
  const opened = project.value;
  const now = current.value;
  if (opened === null) return null;
  return (
    <div class="workspace" onKeyDown={onKey}>
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
          <ExportCorrections name={opened.name} />
        </div>
        {training ? <TrainPanel name={opened.name} done={opened.done} /> : null}
      </div>
      {now === null ? null : <Sentence key={now.server.id} working={now} count={opened.sentences} />}
    </div>
  );
}

function Sentence({ working, count }: { readonly working: Working; readonly count: number }) {
  const { server, history } = working;
  const annotated = history.present;
  return (
    <section aria-label="Sentence">
      <div class="row steps">
        <button type="button" disabled={position.value === 0} onClick={() => void goTo(position.value - 1)} title="P">
          Previous
        </button>
        <button type="button" disabled={position.value + 1 >= count} onClick={() => void goTo(position.value + 1)} title="N">
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
        <TypeBar />
        <WordStrip
          marked={{ text: server.document.text, tokens: server.document.tokens, entities: annotated.entities }}
          marking={marking}
          label="Words of the sentence"
          describedBy="word-keys"
          relate={(head, tail) => {
            relating.value = { head, tail };
          }}
        />
        <div
          class="drawing"
          {...{
            "onweft-select": ({ detail }: CustomEvent<PartDetail>) => {
              chosen.value = detail === null ? null : `${detail.kind}:${detail.index}`;
            },
          }}
        >
          <Arcs
            document={{
              text: server.document.text,
              tokens: server.document.tokens,
              entities: annotated.entities,
              relations: annotated.relations,
            }}
            types={entityTypes.value}
            highlighted={chosen.value}
            onPoint={() => undefined}
          />
        </div>
        <PartList sentence={server} annotated={annotated} />
      </div>
      <p class="quiet" id="word-keys">
        Arrow keys move between words, Shift extends the selection. A number gives a type, E the first type. R on two entities
        relates them. S goes to the next suggestion, Enter accepts it, Delete rejects it. N and P: next and previous sentence.
        Ctrl + Enter: done, next. Ctrl + Z: undo.
      </p>
    </section>
  );
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
