import { run, text } from "./extract-state.ts";
import { forgetAll, recent } from "./recent-documents.ts";

/** The documents that were read last. They are kept in this browser, and on no server. */
export function RecentList() {
  if (recent.value.length === 0) return null;
  return (
    <div class="row recent" role="group" aria-label="Recent documents">
      <span class="quiet">Recent, in this browser only:</span>
      {recent.value.map(({ id, title, text: words }) => (
        <button
          key={id}
          type="button"
          class="plain"
          disabled={words === text.value}
          title={words.slice(0, 200)}
          onClick={() => {
            text.value = words;
            void run();
          }}
        >
          <bdi>{title}</bdi>
        </button>
      ))}
      <button type="button" class="plain push" onClick={forgetAll}>
        Forget them
      </button>
    </div>
  );
}
