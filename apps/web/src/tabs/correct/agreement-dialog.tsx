import type { Agreement } from "@weft-nlp/core/annotators";
import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../../parts/dialog.tsx";
import { Failure } from "../../parts/failure.tsx";
import { addressOf } from "../../route.ts";
import { type CorrectionSentence, corrections, type ProjectEntry } from "./corrections-api.ts";

interface Outcome {
  readonly agreement: Agreement;
  /** Sentences that both have done, and that differ. */
  readonly differing: readonly CorrectionSentence[];
}

/** Compares this project with another one of the same text, corrected by somebody else. */
export function AgreementDialog({ opened, close }: { readonly opened: ProjectEntry; readonly close: () => void }) {
  const [others, setOthers] = useState<readonly ProjectEntry[] | null>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    corrections.list().then(({ projects }) => setOthers(projects.filter(({ name }) => name !== opened.name)), setError);
  }, []);
  async function compare(other: string): Promise<void> {
    setError(null);
    setOutcome(null);
    try {
      setOutcome(await compareProjects(opened.name, other));
    } catch (problem) {
      setError(problem);
    }
  }
  return (
    <Dialog title="Agreement" close={close}>
      {others?.length === 0 ? (
        <p>
          There is no other project to compare with. Make a second project of the same text, let another person correct it, and
          come back.
        </p>
      ) : (
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            const other = new FormData(event.currentTarget).get("other");
            if (typeof other === "string") void compare(other);
          }}
        >
          <label>
            Compare with{" "}
            <select name="other">
              {(others ?? []).map(({ name, done }) => (
                <option key={name} value={name}>
                  {name} ({done} done)
                </option>
              ))}
            </select>
          </label>
          <button type="submit" class="main">
            Compare
          </button>
        </form>
      )}
      {error === null ? null : <Failure error={error} />}
      {outcome === null ? null : <Scores outcome={outcome} name={opened.name} close={close} />}
      <div class="answers">
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

interface ScoresProps {
  readonly outcome: Outcome;
  readonly name: string;
  readonly close: () => void;
}

function Scores({ outcome: { agreement, differing }, name, close }: ScoresProps) {
  const rows = [
    ["Entities", agreement.entities],
    ["Relations", agreement.relations],
  ] as const;
  const percent = (value: number | null): string => (value === null ? "–" : (100 * value).toFixed(1));
  return (
    <>
      <p role="status">
        {agreement.shared.sentences} {agreement.shared.sentences === 1 ? "sentence" : "sentences"} that both have done.
      </p>
      <table class="agreement">
        <thead>
          <tr>
            <th scope="col">Kind</th>
            <th scope="col">F1</th>
            <th scope="col">κ</th>
            <th scope="col">F1, overlapping</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([title, { exact, partial }]) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td>{percent(exact.f1)}</td>
              <td>{exact.kappa === null ? "–" : exact.kappa.toFixed(2)}</td>
              <td>{percent(partial.f1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {differing.length === 0 ? null : (
        <>
          <p>Where you differ:</p>
          <ul class="differing">
            {differing.slice(0, 50).map(({ id, document }) => (
              <li key={id}>
                <a href={`${addressOf("correct", name)}?sentence=${id}`} onClick={close}>
                  <bdi>{document.text}</bdi>
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** @throws {ApiError} @throws {DataError} if the two have no text in common */
async function compareProjects(mine: string, theirs: string): Promise<Outcome> {
  const [{ agreement, matchAnnotators }, ...sides] = await Promise.all([
    import("@weft-nlp/core/annotators"),
    doneOf(mine),
    doneOf(theirs),
  ]);
  const [own, other] = sides;
  // By their words: two projects of one text may name their documents differently.
  const byText = new Map(other.map((sentence) => [sentence.document.text, sentence]));
  const pairs = own.flatMap((sentence) => {
    const match = byText.get(sentence.document.text);
    return match === undefined ? [] : [[sentence, match] as const];
  });
  if (pairs.length === 0)
    throw new Error(`${mine} and ${theirs} have no sentence in common that is done in both; finish some sentences in both`);
  const matched = matchAnnotators(
    [mine, theirs].map((name, side) => ({
      name,
      documents: pairs.map((pair, index) => ({
        document: { ...(pair[side] as CorrectionSentence).document, id: `s${index}` },
        at: { source: name },
      })),
    })),
  );
  return { agreement: agreement(matched), differing: pairs.filter(([a, b]) => !sameMeaning(a, b)).map(([a]) => a) };
}

async function doneOf(name: string): Promise<CorrectionSentence[]> {
  const found: CorrectionSentence[] = [];
  for (let offset = 0; ; offset += 500) {
    const { page, sentences } = await corrections.page(name, offset, 500, "order");
    found.push(...page.filter(({ done }) => done));
    if (offset + page.length >= sentences || page.length === 0) return found;
  }
}

/** Whether two annotations say the same, in any order. */
function sameMeaning(a: CorrectionSentence, b: CorrectionSentence): boolean {
  const key = ({ entities, relations }: CorrectionSentence): string => {
    const span = (index: number): string => `${entities[index]?.start} ${entities[index]?.end}`;
    return JSON.stringify([
      entities.map(({ start, end, type }) => `${start} ${end} ${type}`).sort(),
      relations.map(({ head, tail, type }) => `${span(head)} ${type} ${span(tail)}`).sort(),
    ]);
  };
  return key(a) === key(b);
}
