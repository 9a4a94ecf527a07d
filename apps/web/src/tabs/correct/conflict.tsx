import { Arcs } from "../extract/arcs.tsx";
import { entityTypes, resolve, type Working } from "./correct-state.ts";

/** A conflict with a save from elsewhere: shows both versions, of which the user keeps one. */
export function Conflict({ working: { server, history } }: { readonly working: Working }) {
  const { text, tokens } = server.document;
  const versions = [
    { whose: "mine", title: "Yours", annotated: history.present },
    { whose: "theirs", title: "Saved elsewhere", annotated: server },
  ] as const;
  return (
    <div class="failure conflict" role="alert">
      <p>
        <strong>This sentence was changed elsewhere.</strong> Nothing is lost: choose the version to keep.
      </p>
      <div class="versions">
        {versions.map(({ whose, title, annotated }) => (
          <div key={whose} class="panel">
            <div class="row">
              <strong>{title}</strong>
              <span class="quiet">
                {annotated.entities.length} entities, {annotated.relations.length} relations{annotated.done ? ", done" : ""}
              </span>
              <button type="button" class="push" onClick={() => resolve(server.id, whose)}>
                {whose === "mine" ? "Keep mine" : "Take theirs"}
              </button>
            </div>
            <Arcs
              document={{ text, tokens, entities: annotated.entities, relations: annotated.relations }}
              types={entityTypes.value}
              highlighted={null}
              onPoint={() => undefined}
            />
          </div>
        ))}
      </div>
    </div>
  );
}
