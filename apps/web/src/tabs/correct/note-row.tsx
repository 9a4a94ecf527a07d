import { useState } from "preact/hooks";
import type { Annotated } from "./annotation-edit.ts";
import { edits } from "./annotation-edit.ts";
import { edit } from "./correct-state.ts";
import { skipSentence } from "./rail-state.ts";

/** Flag, comment and skip: what to say about a sentence besides its annotation. */
export function NoteRow({ annotated: { note = {}, done } }: { readonly annotated: Annotated }) {
  const [open, setOpen] = useState(false);
  const comment = note.comment ?? "";
  return (
    <div class="row notes">
      <button
        type="button"
        class="plain"
        aria-pressed={note.flagged === true}
        title="F"
        onClick={() => edit((before) => edits.noted(before, { flagged: before.note?.flagged !== true }))}
      >
        ⚑ {note.flagged === true ? "Flagged" : "Flag"}
      </button>
      {done ? null : (
        <button type="button" class="plain" title="K" onClick={skipSentence}>
          Skip
        </button>
      )}
      {open || comment !== "" ? (
        <input
          type="text"
          id="comment"
          maxLength={2000}
          aria-label="Comment"
          placeholder="What should others know?"
          value={comment}
          onChange={({ currentTarget }) => edit((before) => edits.noted(before, { comment: currentTarget.value.trim() }))}
        />
      ) : (
        <button type="button" class="plain" id="add-comment" title="M" onClick={() => setOpen(true)}>
          Comment
        </button>
      )}
      {note.annotator === undefined ? null : (
        <span class="quiet">
          saved by <bdi>{note.annotator}</bdi>
        </span>
      )}
    </div>
  );
}
