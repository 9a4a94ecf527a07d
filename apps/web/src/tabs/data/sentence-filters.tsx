import type { DataFile, Filter } from "./data-api.ts";

export const noFilter: Filter = { search: "", type: "", relation: "", overlap: "", minLength: "", maxLength: "" };

const overlapClasses = [
  ["Normal", "Normal: no triple shares an entity"],
  ["EPO", "EPO: one pair in several relations"],
  ["SEO", "SEO: triples share an entity"],
  ["none", "no triple"],
] as const;

interface SentenceFiltersProps {
  readonly file: DataFile;
  readonly filter: Filter;
  readonly change: (filter: Filter) => void;
}

/** The filters of the sentences. */
export function SentenceFilters({ file: { counts }, filter, change }: SentenceFiltersProps) {
  const set = (name: keyof Filter, value: string): void => change({ ...filter, [name]: value });
  return (
    <div class="panel controls row sentence-filters" role="search" aria-label="Sentences">
      <label class="wide">
        Text
        <input type="search" value={filter.search} onInput={({ currentTarget }) => set("search", currentTarget.value)} />
      </label>
      <TypeChoice
        label="Entity type"
        value={filter.type}
        counts={counts?.entityTypes ?? {}}
        change={(value) => set("type", value)}
      />
      <TypeChoice
        label="Relation"
        value={filter.relation}
        counts={counts?.relationTypes ?? {}}
        change={(value) => set("relation", value)}
      />
      <label>
        Overlap
        <select value={filter.overlap} onChange={({ currentTarget }) => set("overlap", currentTarget.value)}>
          <option value="">any</option>
          {overlapClasses.map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <div class="lengths">
        <Length label="Tokens from" value={filter.minLength} change={(value) => set("minLength", value)} />
        <Length label="to" value={filter.maxLength} change={(value) => set("maxLength", value)} />
      </div>
      <button
        type="button"
        class="plain"
        disabled={Object.values(filter).every((value) => value === "")}
        onClick={() => change(noFilter)}
      >
        Show all
      </button>
    </div>
  );
}

interface TypeChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly change: (value: string) => void;
}

function TypeChoice({ label, value, counts, change }: TypeChoiceProps) {
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => change(currentTarget.value)}>
        <option value="">any</option>
        {Object.entries(counts).map(([type, count]) => (
          <option key={type} value={type}>
            {type} ({count.toLocaleString("en")})
          </option>
        ))}
      </select>
    </label>
  );
}

function Length({
  label,
  value,
  change,
}: {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
}) {
  return (
    <label>
      {label}
      <input
        type="number"
        min={0}
        max={100_000}
        value={value}
        onInput={({ currentTarget }) => {
          // Ignore incomplete or invalid numbers.
          if (currentTarget.value === "" || /^\d{1,6}$/.test(currentTarget.value)) change(currentTarget.value);
        }}
      />
    </label>
  );
}
