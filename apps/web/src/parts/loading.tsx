/** Says that an answer is awaited. It appears after a moment, so quick answers do not flicker. */
export function Loading({ words }: { readonly words: string }) {
  return (
    <p class="quiet loading" role="status">
      {words}
    </p>
  );
}
