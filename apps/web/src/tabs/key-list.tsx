import { Dialog } from "../parts/dialog.tsx";
import type { Tab } from "./index.ts";

/** What keys do in a view. */
export function KeyList({ tab, close }: { readonly tab: Pick<Tab, "title" | "keys">; readonly close: () => void }) {
  return (
    <Dialog title={`Keys in ${tab.title}`} close={close}>
      <dl class="keys">
        {[...tab.keys, ["?", "This list"] as const].map(([keys, meaning]) => [
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
