import "./correct.css";
import { useEffect, useState } from "preact/hooks";
import { Failure } from "../../parts/failure.tsx";
import { addressOf, route } from "../../route.ts";
import { failure, openProject, project } from "./correct-state.ts";
import { corrections, type ProjectList as Projects } from "./corrections-api.ts";
import { ProjectList } from "./project-list.tsx";
import { Workspace } from "./workspace.tsx";

/** What a model found, put right by people: the projects, or the one that the address names. */
export function CorrectTab() {
  const [name] = route.value.path;
  const [list, setList] = useState<Projects | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = (): void => {
    setError(null);
    corrections.list().then(setList, setError);
  };
  useEffect(load, [name]);
  useEffect(() => {
    if (name !== undefined && name !== "") void openProject(name);
    else project.value = null;
  }, [name]);
  if (error !== null) return <Failure error={error} retry={load} />;
  if (list === null) return null;
  if (name === undefined || name === "") {
    return (
      <div class="correct">
        <ProjectList list={list} />
      </div>
    );
  }
  return (
    <div class="correct">
      <p class="quiet">
        <a href={addressOf("correct")}>All projects</a>
      </p>
      {failure.value === null ? null : <Failure error={failure.value.error} retry={failure.value.retry} />}
      <Workspace training={list.training} />
    </div>
  );
}
