/** How sure the model is, as a number and as a bar. */
export function Confidence({ value }: { readonly value: number | undefined }) {
  if (value === undefined) return null;
  return (
    <span class="confidence">
      <meter min={0} max={1} value={value} aria-hidden="true" />
      {value.toFixed(2)}
    </span>
  );
}
