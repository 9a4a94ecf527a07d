import { run, text } from "./extract-state.ts";
import { forgetAll, recent } from "./recent-documents.ts";

/** The documents that were read last. They are kept in this browser, and on no server. */
export function RecentList() {
  const others = recent.value.filter((each) => each.text !== text.value);
  if (recent.value.length === 0) return null;
  return (
    <div class="row recent" role="group" aria-label="Recent documents">
      <span class="quiet">Recent, in this browser only:</span>
      {others.map(({ id, title, text: words }) => (
        <button
          key={id}
          type="button"
          class="plain"
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
