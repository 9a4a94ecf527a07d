import { statisticsPicture } from "@weft-nlp/draw";
import { useMemo } from "preact/hooks";
import { theme } from "../../page-theme.ts";
import { Failure } from "../../parts/failure.tsx";
import { type DataFile, readStatistics } from "./data-api.ts";
import { useAnswer } from "./use-answer.ts";

/** The statistics of a file, as a picture and as tables. */
export function StatisticsView({ file }: { readonly file: DataFile }) {
  const { value, failure, retry } = useAnswer(file.name, (signal) => readStatistics(file.name, signal));
  const colours = theme.value;
  const picture = useMemo(() => {
    if (value === null) return "";
    const svg = statisticsPicture({
      title: file.name,
      corpora: [{ name: file.name, statistics: value }],
      theme: colours,
      background: false,
    });
    // An image may carry its own styles; the page's content policy would block them inline.
    return `data:image/svg+xml,${encodeURIComponent(svg)}`;
  }, [value, colours, file.name]);
  if (failure !== null) return <Failure error={failure} retry={retry} />;
  if (value === null) return <p class="quiet">Counting …</p>;
  const groups: readonly (readonly [title: string, counts: Readonly<Record<string, number>>])[] = [
    ["Entity types", value.entityTypes],
    ["Relation types", value.relationTypes],
    ["Overlap of triples", value.overlap],
    ["Tokens in a sentence", value.sentenceLengths],
    ["Triples in a sentence", value.triplesPerSentence],
    ["Words between the ends of a relation", value.distances],
  ];
  return (
    <div class="panel body statistics">
      <div class="scroll" role="region" aria-label="Picture" tabIndex={0}>
        <img src={picture} alt={`Statistics of ${file.name}; the tables below hold the same numbers`} />
      </div>
      <div class="tables">
        {groups.map(([title, counts]) => (
          <details key={title}>
            <summary>{title}</summary>
            <table>
              <thead>
                <tr>
                  <th scope="col">{title}</th>
                  <th scope="col" class="number">
                    Count
                  </th>
                </tr>
              </thead>
              <tbody>
                {Object.entries(counts).map(([name, count]) => (
                  <tr key={name}>
                    <th scope="row">
                      <bdi>{name}</bdi>
                    </th>
                    <td class="number">{count.toLocaleString("en")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        ))}
      </div>
    </div>
  );
}
