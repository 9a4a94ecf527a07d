/** A confidence as a number and a bar. */
export function Confidence({ value }: { readonly value: number | undefined }) {
  if (value === undefined) return null;
  return (
    <span class="confidence">
      <span class="track" aria-hidden="true">
        <span style={{ inlineSize: `${100 * value}%` }} />
      </span>
      {value.toFixed(2)}
    </span>
  );
}
