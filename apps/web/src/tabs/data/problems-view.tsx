import { useState } from "preact/hooks";
import { Failure } from "../../parts/failure.tsx";
import { type DataFile, type Fault, type Place, type Problem, readProblems } from "./data-api.ts";
import { useAnswer } from "./use-answer.ts";

/** The problems that the data check finds in a file, with places and hints. */
export function ProblemsView({ file, files }: { readonly file: DataFile; readonly files: readonly DataFile[] }) {
  const others = siblingsOf(file, files);
  const [together, setTogether] = useState(false);
  const asked = together ? others : [];
  const key = JSON.stringify([file.name, asked]);
  const { value, failure, retry } = useAnswer(key, (signal) => readProblems(file.name, asked, signal));
  const faults =
    value?.files.flatMap(({ source, faults: found, faultCount }) => (faultCount === 0 ? [] : [{ source, found, faultCount }])) ??
    [];
  return (
    <div class="panel body">
      {others.length === 0 ? null : (
        <label class="together">
          <input type="checkbox" checked={together} onChange={({ currentTarget }) => setTogether(currentTarget.checked)} />{" "}
          Compare with {others.join(", ")}: labels missing in training, and duplicates across files
        </label>
      )}
      {failure === null ? null : <Failure error={failure} retry={retry} />}
      <p class="quiet" role="status">
        {value === null ? (failure === null ? "Reading …" : "") : summary(value.problems, faults)}
      </p>
      {faults.map(({ source, found, faultCount }) => (
        <section key={source} aria-label={`Records of ${source} that cannot be read`}>
          <h3>
            {faultCount.toLocaleString("en")} {faultCount === 1 ? "record" : "records"} of <bdi>{source}</bdi> cannot be read
          </h3>
          <ul class="places">
            {found.map((fault, index) => (
              <FaultLine key={index} fault={fault} />
            ))}
          </ul>
        </section>
      ))}
      <ul class="problems">
        {value?.problems.map((problem, index) => (
          <ProblemItem key={index} problem={problem} />
        ))}
      </ul>
    </div>
  );
}

function FaultLine({ fault: { at, message, hint, code } }: { readonly fault: Fault }) {
  return (
    <li>
      <code>{placeWords(at ?? {})}</code> {message}
      {hint === undefined ? "" : `; ${hint}`} <code>{code}</code>
    </li>
  );
}

function ProblemItem({ problem: { code, level, message, hint, amount, places } }: { readonly problem: Problem }) {
  return (
    <li>
      <p>
        <span class={`state ${level === "warning" ? "failed" : ""}`}>{level === "warning" ? "Warning" : "Note"}</span> {message}{" "}
        <code>{code}</code>
      </p>
      {hint === undefined ? null : <p class="quiet">{hint}</p>}
      {places.length === 0 ? null : (
        <details>
          <summary>
            {places.length < amount
              ? `The first ${places.length} of ${amount.toLocaleString("en")} places`
              : `${places.length} ${places.length === 1 ? "place" : "places"}`}
          </summary>
          <ul class="places">
            {places.map((place, index) => (
              <li key={index}>
                <code>{placeWords(place)}</code> {place.says ?? ""}
                {place.other === undefined ? null : (
                  <>
                    {" "}
                    as in <code>{placeWords(place.other)}</code>
                  </>
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

function placeWords({ source, line, path }: Place): string {
  return [source === undefined ? "" : line === undefined ? source : `${source}:${line}`, path ?? ""]
    .filter((part) => part !== "")
    .join(" ");
}

function summary(problems: readonly Problem[], faults: readonly { readonly faultCount: number }[]): string {
  const warnings = problems.filter(({ level }) => level === "warning").length;
  const unread = faults.reduce((sum, { faultCount }) => sum + faultCount, 0);
  const notes = problems.length - warnings;
  const said = [unread === 0 ? "Every record can be read" : `${unread.toLocaleString("en")} records cannot be read`];
  if (warnings > 0) said.push(`${warnings} ${warnings === 1 ? "warning" : "warnings"}`);
  if (notes > 0) said.push(`${notes} ${notes === 1 ? "note" : "notes"}`);
  return said.join(" · ");
}

/** Files in the same folder whose names mark them as parts of the same corpus. */
function siblingsOf(file: DataFile, files: readonly DataFile[]): string[] {
  const folder = (name: string): string => name.slice(0, name.lastIndexOf("/") + 1);
  return files
    .map(({ name }) => name)
    .filter(
      (name) =>
        name !== file.name &&
        folder(name) === folder(file.name) &&
        /(train|dev|valid|test)/i.test(name.slice(folder(name).length)),
    )
    .slice(0, 8);
}
