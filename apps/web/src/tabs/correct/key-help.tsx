import { Dialog } from "../../parts/dialog.tsx";

/** Every key and gesture, by what it does. */
const keys: readonly (readonly [what: string, pointer: string, key: string])[] = [
  ["Select words", "click, Shift + click", "← → Home End, with Shift to extend"],
  ["Mark words", "drag over them; double click a word", "select, then 1–9, E or C"],
  ["Give an entity other words", "drag from inside it", "Delete, then mark again"],
  ["Mark words inside an entity", "Shift + drag", "select, then C"],
  ["Relate two entities", "drag one onto the other", "R at the first, R at the second"],
  ["Change a type", "double click", "C, or 1–9"],
  ["Next, previous part", "click it", ". and ,"],
  ["Next suggestion", "click it", "S"],
  ["Accept, reject", "✓ and ✕ in the list", "Enter, Delete"],
  ["The same correction everywhere", "its button", "A"],
  ["Every correction everywhere", "always", "Shift + A"],
  ["Done: accept the rest, next", "its button", "Ctrl + Enter"],
  ["Another type than the guess", "its button", "1–9, or C"],
  ["Next, previous sentence", "the list", "N, P"],
  ["Skip, flag, comment", "their buttons", "K, F, M"],
  ["Search the sentences", "the field", "/"],
  ["Undo, redo", "their buttons", "Ctrl + Z, Ctrl + Shift + Z"],
  ["Close, deselect", "click beside the text", "Escape"],
];

/** What keys and gestures do in Correct. */
export function KeyHelp({ close }: { readonly close: () => void }) {
  return (
    <Dialog title="Keys and gestures" close={close}>
      <div class="help" tabIndex={0} role="region" aria-label="The table of keys">
        <table>
          <thead>
            <tr>
              <th scope="col">To</th>
              <th scope="col">Pointer or finger</th>
              <th scope="col">Keyboard</th>
            </tr>
          </thead>
          <tbody>
            {keys.map(([what, pointer, key]) => (
              <tr key={what}>
                <th scope="row">{what}</th>
                <td>{pointer}</td>
                <td>{key}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div class="answers">
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
