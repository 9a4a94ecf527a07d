import "./correct.css";
import { useEffect, useState } from "preact/hooks";
import { Failure } from "../../parts/failure.tsx";
import { addressOf, route } from "../../route.ts";
import { ApiError } from "../../server-requests.ts";
import { failure, gone, openProject, project, unsaved } from "./correct-state.ts";
import { corrections, type ProjectList as Projects } from "./corrections-api.ts";
import { ProjectList } from "./project-list.tsx";
import { Workspace } from "./workspace.tsx";

/**
 * The view for correcting a model's results: the list of projects, or the project in the address.
 */
export function CorrectTab() {
  const [name] = route.value.path;
  const begin = route.value.query.get("sentence");
  const [list, setList] = useState<Projects | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = (): void => {
    setError(null);
    corrections.list().then(setList, setError);
  };
  useEffect(load, [name]);
  useEffect(() => {
    if (name === undefined || name === "") project.value = null;
    else if (begin !== null && /^\d{1,9}$/.test(begin)) void openProject(name, "order", Number(begin));
    else void openProject(name);
  }, [name, begin]);
  if (error instanceof ApiError && error.code === "NOT_ALLOWED") return <WithoutFolder />;
  if (error !== null) return <Failure error={error} retry={load} />;
  if (list === null) return null;
  if (name === undefined || name === "") {
    return (
      <div class="correct">
        <ProjectList list={list} reload={load} />
      </div>
    );
  }
  return (
    <div class="correct">
      <p class="quiet">
        <a href={addressOf("correct")}>All projects</a>
      </p>
      {failure.value === null ? null : isUnknown(failure.value.error) ? (
        <p class="panel empty">
          There is no project called <bdi>{name}</bdi>. It may have been renamed:{" "}
          <a href={addressOf("correct")}>see all projects</a>.
        </p>
      ) : (
        <Failure error={failure.value.error} retry={failure.value.retry} />
      )}
      {gone.value ? <Gone /> : <Workspace training={list.training} />}
    </div>
  );
}

function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** What to do on a server that keeps no corrections. */
function WithoutFolder() {
  return (
    <div class="panel empty">
      <p>
        <strong>Correct what a model finds, and train the next one on it.</strong> This server has no folder for corrections yet.
        Stop it, and start it with one:
      </p>
      <pre>
        <code>npx weft serve MODEL --corrections corrections --runs runs --allow-training</code>
      </pre>
    </div>
  );
}

/** The notice that the open project was renamed or deleted elsewhere. */
function Gone() {
  const waiting = unsaved();
  return (
    <div class="failure" role="alert">
      <p>
        <strong>
          The project <bdi>{project.value?.name}</bdi> is gone.
        </strong>{" "}
        It was renamed or deleted in another tab or by someone else, so nothing can be saved under this name. The files of a
        deleted project are in the folder <code>.trash</code> in the server's corrections folder.
      </p>
      {waiting === 0 ? null : (
        <p>
          {waiting === 1 ? "A change" : `${waiting} changes`} that had not been saved {waiting === 1 ? "stays" : "stay"} in this
          browser, and {waiting === 1 ? "is" : "are"} sent when the project is opened under its new name, or is put back and
          opened.
        </p>
      )}
      <p>
        <a href={addressOf("correct")}>Back to all projects</a>
      </p>
    </div>
  );
}
