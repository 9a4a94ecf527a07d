/** A switch between a few views. */
export function Segments<Name extends string>({ label, names, chosen, choose }: SegmentsProps<Name>) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {names.map(([name, title]) => (
        <button key={name} type="button" aria-pressed={name === chosen} onClick={() => choose(name)}>
          {title}
        </button>
      ))}
    </div>
  );
}

export interface SegmentsProps<Name extends string> {
  readonly label: string;
  readonly names: readonly (readonly [name: Name, title: string])[];
  readonly chosen: Name;
  readonly choose: (name: Name) => void;
}
