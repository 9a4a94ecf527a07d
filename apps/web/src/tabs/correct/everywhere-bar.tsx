import {
  alsoIn,
  always,
  changedEverywhere,
  correctEverywhere,
  lastCorrection,
  toggleAlways,
  undoEverywhere,
} from "./everywhere.ts";

/** Offers the last correction for all other sentences that it fits. */
export function EverywhereBar() {
  const [correction, ids, changed] = [lastCorrection.value, alsoIn.value, changedEverywhere.value];
  const sentences = (count: number): string => `${count} ${count === 1 ? "sentence" : "sentences"}`;
  return (
    <div class="everywhere" role="status">
      {changed === null ? null : (
        <>
          Changed {sentences(changed.ids.length)}.{" "}
          <button type="button" class="plain" onClick={undoEverywhere}>
            Take that back
          </button>
        </>
      )}
      {correction === null || ids.length === 0 ? null : (
        <>
          <bdi>“{correction.words}”</bdi> is also in {sentences(ids.length)}.{" "}
          <button type="button" title="A" onClick={correctEverywhere}>
            {correction.kind === "mark" ? (
              <>
                Mark as <bdi>{correction.type}</bdi> everywhere
              </>
            ) : (
              <>
                Reject <bdi>{correction.type}</bdi> everywhere
              </>
            )}
          </button>
        </>
      )}
      {changed === null && (correction === null || ids.length === 0) && !always.value ? null : (
        <label>
          <input type="checkbox" title="Shift + A" checked={always.value} onChange={toggleAlways} /> always
        </label>
      )}
    </div>
  );
}
