import "../runs/runs.css";
import "./data.css";
import { useEffect, useState } from "preact/hooks";
import { Failure } from "../../parts/failure.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Segments } from "../../parts/segments.tsx";
import { addressOf, route } from "../../route.ts";
import { type DataFile, type DataList, listData } from "./data-api.ts";
import { FileTable } from "./file-table.tsx";
import { ProblemsView } from "./problems-view.tsx";
import { SentencesView } from "./sentences-view.tsx";
import { StatisticsView } from "./statistics-view.tsx";

const views = [
  ["sentences", "Sentences"],
  ["problems", "Problems"],
  ["statistics", "Statistics"],
] as const;

/** The view of the server's annotated files: sentences, problems and statistics. */
export function DataTab() {
  const [list, setList] = useState<DataList | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let left = false;
    const look = async (): Promise<void> => {
      try {
        for (let more = true; more && !left; ) {
          const now = await listData();
          if (left) return;
          setList(now);
          setFailure(null);
          more = now.counting;
        }
      } catch (error) {
        if (!left) setFailure(error);
      }
    };
    void look();
    return () => {
      left = true;
    };
  }, [attempt]);
  const [name = list?.files[0]?.name, view = "sentences"] = route.value.path;
  const file = list?.files.find((each) => each.name === name);
  return (
    <div class="data">
      {failure === null ? null : <Failure error={failure} retry={() => setAttempt(attempt + 1)} />}
      {list === null && failure === null ? <Loading words="Reading the data…" /> : null}
      {list === null ? null : list.files.length === 0 ? (
        <Empty shown={list.shown} />
      ) : (
        <FileTable files={list.files} open={name} />
      )}
      {list === null || name === undefined || list.files.length === 0 ? null : file === undefined ? (
        <p class="failure" role="alert">
          There is no file {name} here.
        </p>
      ) : (
        <Opened key={file.name} file={file} view={view} files={list.files} />
      )}
    </div>
  );
}

function Opened({ file, view, files }: { readonly file: DataFile; readonly view: string; readonly files: readonly DataFile[] }) {
  const [chosen] = views.find(([each]) => each === view) ?? views[0];
  return (
    <section aria-label={file.name}>
      <div class="row opened">
        <h2>
          <bdi>{file.name}</bdi>
        </h2>
        <Segments
          label="View"
          names={views}
          chosen={chosen}
          choose={(next) => {
            location.hash = addressOf("data", file.name, next);
          }}
        />
      </div>
      {chosen === "sentences" ? <SentencesView file={file} /> : null}
      {chosen === "problems" ? <ProblemsView file={file} files={files} /> : null}
      {chosen === "statistics" ? <StatisticsView file={file} /> : null}
    </section>
  );
}

function Empty({ shown }: { readonly shown: boolean }) {
  return (
    <div class="panel empty">
      <p>
        {shown
          ? "The data folders of this server hold no annotated files."
          : "This server has no data folder. Start it with annotated files or folders of them:"}
      </p>
      {shown ? null : <code>weft serve MODEL --data corpus</code>}
    </div>
  );
}
