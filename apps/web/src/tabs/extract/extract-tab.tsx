import "./extract.css";
import { useEffect } from "preact/hooks";
import { Failure } from "../../parts/failure.tsx";
import { busy, failure, found, loadModels, models } from "./extract-state.ts";
import { Results } from "./results.tsx";
import { TextForm } from "./text-form.tsx";

/** The view for extraction. */
export function ExtractTab() {
  useEffect(() => {
    if (models.peek().length === 0) void loadModels();
  }, []);
  return (
    <div class="extract" aria-busy={busy.value}>
      <TextForm />
      {failure.value === null ? null : <Failure error={failure.value.error} retry={failure.value.retry} />}
      {found.value === null ? null : <Results found={found.value} />}
    </div>
  );
}
