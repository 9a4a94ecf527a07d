import type { ModelDetails } from "@weft-nlp/api";
import { slotColour, typeSlots } from "@weft-nlp/draw";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { theme } from "../../page-theme.ts";
import { addressOf } from "../../route.ts";
import { call } from "../../server-requests.ts";
import { localModels } from "./extract-state.ts";
import type { ModelEntry } from "./run-extraction.ts";

/** What a model knows: its types with examples, its score, and the data that it has them from. */
export function KnownPanel({ model }: { readonly model: ModelEntry }) {
  const [details, setDetails] = useState<ModelDetails | null>(null);
  const local = localModels.value.some(({ entry }) => entry === model);
  useEffect(() => {
    setDetails(null);
    if (local) return undefined;
    const stop = new AbortController();
    // The types are known without an answer; the rest is more than a reader needs.
    call("modelDetails", { params: { name: model.name }, signal: stop.signal }).then(setDetails, () => undefined);
    return () => stop.abort();
  }, [model.name, model.loadedAt, local]);
  const { entityTypes, relationTypes } = model;
  const examples = details?.examples;
  const slots = typeSlots(entityTypes);
  return (
    <details class="panel known">
      <summary>
        What <strong>{model.name}</strong> knows:{" "}
        <span class="quiet">
          {counted(entityTypes.length, "entity type")}, {counted(relationTypes.length, "relation type")}
          {details?.score === null || details?.score === undefined
            ? ""
            : ` · F1 ${percent(details.score.f1)} on ${details.score.sentences.toLocaleString("en")} sentences of dev`}
          {details?.data === null || details?.data === undefined ? "" : ` · trained on ${details.data.train}`}
        </span>
      </summary>
      <div class="facts">
        {entityTypes.length === 0 ? (
          <p class="quiet">Its entities have no types.</p>
        ) : (
          <dl aria-label="Entity types">
            {entityTypes.map((type) => {
              const paint = slotColour(slots.get(type) ?? 0, theme.value);
              return (
                <Known key={type} examples={examples?.entities[type]}>
                  <span class="type" style={{ background: paint.fill, borderColor: paint.border, color: paint.label }}>
                    {type}
                  </span>
                </Known>
              );
            })}
          </dl>
        )}
        <dl aria-label="Relation types">
          {relationTypes.map((type) => (
            <Known key={type} examples={examples?.relations[type]}>
              <span class="type">{type}</span>
            </Known>
          ))}
        </dl>
      </div>
      {details === null ? null : <Origin details={details} />}
    </details>
  );
}

function Known({
  children,
  examples,
}: {
  readonly children: ComponentChildren;
  readonly examples: readonly string[] | undefined;
}) {
  return (
    <div>
      <dt>{children}</dt>
      <dd class="quiet">
        <bdi>{examples === undefined || examples.length === 0 ? "" : examples.join("; ")}</bdi>
      </dd>
    </div>
  );
}

function Origin({ details: { score, data, run, before } }: { readonly details: ModelDetails }) {
  return (
    <p class="quiet">
      {score === null
        ? "Its folder has no scores of a training. "
        : `F1 ${percent(score.f1)} by ${score.protocol}${score.entities === null ? "" : `, entities ${percent(score.entities)}`}, on dev: ${score.words} `}
      {data === null ? "" : `Trained on ${data.train}, dev ${data.dev}. `}
      {run === null ? null : (
        <>
          It is the run <a href={addressOf("runs", run)}>{run}</a>
          {before === null ? "." : `, chosen here in place of ${before}.`}
        </>
      )}
    </p>
  );
}

function percent(share: number): string {
  return (100 * share).toFixed(1);
}

function counted(number: number, one: string): string {
  return `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`;
}
