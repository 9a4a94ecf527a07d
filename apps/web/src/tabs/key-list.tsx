import { Dialog } from "../parts/dialog.tsx";

interface KeyListProps {
  /** Of the view. */
  readonly title: string;
  readonly keys: readonly (readonly [keys: string, meaning: string])[];
  readonly close: () => void;
}

/** What keys do in a view. */
export function KeyList({ title, keys: known, close }: KeyListProps) {
  return (
    <Dialog title={`Keys in ${title}`} close={close}>
      <dl class="keys">
        {[...known, ["?", "This list"] as const].map(([keys, meaning]) => [
          <dt key={`${keys} keys`}>{keys}</dt>,
          <dd key={keys}>{meaning}</dd>,
        ])}
      </dl>
      <div class="answers">
        <button type="button" class="main" onClick={close}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
