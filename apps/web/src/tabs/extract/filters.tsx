import type { Signal } from "@preact/signals";
import { slotColour, typeSlots } from "@weft-nlp/draw";
import { theme } from "../../page-theme.ts";
import {
  entityThreshold,
  found,
  hiddenEntityTypes,
  hiddenRelationTypes,
  lowestThreshold,
  relationThreshold,
  typeCounts,
} from "./extract-state.ts";

/** The filters by confidence and type. They act on the loaded result. */
export function Filters({ types }: { readonly types: readonly string[] }) {
  if (found.value === null) return null;
  const { model } = found.value;
  const own = typeof model.threshold === "number" ? model.threshold : null;
  const slots = typeSlots(types);
  return (
    <div class="filters">
      <div class="sliders">
        <Slider
          label="Relation threshold"
          min={lowestThreshold}
          value={relationThreshold.value ?? own}
          unset="per type"
          change={(value) => {
            relationThreshold.value = value;
          }}
        />
        <Slider
          label="Entity threshold"
          min={0}
          value={entityThreshold.value}
          change={(value) => {
            entityThreshold.value = value;
          }}
        />
        <button
          type="button"
          class="plain"
          disabled={
            relationThreshold.value === null &&
            entityThreshold.value === 0 &&
            hiddenEntityTypes.value.size + hiddenRelationTypes.value.size === 0
          }
          onClick={() => {
            relationThreshold.value = null;
            entityThreshold.value = 0;
            hiddenEntityTypes.value = new Set();
            hiddenRelationTypes.value = new Set();
          }}
        >
          Model defaults
        </button>
      </div>
      <TypeButtons
        label="Entity types"
        counts={typeCounts.value.entities}
        hidden={hiddenEntityTypes}
        colour={(type) => {
          const slot = slots.get(type);
          return slot === undefined ? undefined : slotColour(slot, theme.value);
        }}
      />
      <TypeButtons label="Relation types" counts={typeCounts.value.relations} hidden={hiddenRelationTypes} />
    </div>
  );
}

interface SliderProps {
  readonly label: string;
  readonly min: number;
  readonly value: number | null;
  /** Shown in place of null. */
  readonly unset?: string;
  readonly change: (value: number) => void;
}

function Slider({ label, min, value, unset, change }: SliderProps) {
  return (
    <label class="slider">
      {label}
      <input
        type="range"
        min={min}
        max={1}
        step={0.01}
        value={value ?? 0.5}
        onInput={({ currentTarget }) => change(currentTarget.valueAsNumber)}
      />
      <output>{value === null ? unset : value.toFixed(2)}</output>
    </label>
  );
}

interface TypeButtonsProps {
  readonly label: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly hidden: Signal<ReadonlySet<string>>;
  readonly colour?: (type: string) => { readonly fill: string; readonly border: string; readonly label: string } | undefined;
}

function TypeButtons({ label, counts, hidden, colour }: TypeButtonsProps) {
  if (counts.size === 0) return null;
  const listed = [...counts].filter(([type, count]) => count > 0 || hidden.value.has(type));
  const rest = counts.size - listed.length;
  return (
    <div class="types" role="group" aria-label={label}>
      {listed.map(([type, count]) => {
        const shown = !hidden.value.has(type);
        const paint = shown ? colour?.(type) : undefined;
        return (
          <button
            key={type}
            type="button"
            aria-pressed={shown}
            style={paint === undefined ? {} : { background: paint.fill, borderColor: paint.border, color: paint.label }}
            onClick={() => {
              const next = new Set(hidden.value);
              if (shown) next.add(type);
              else next.delete(type);
              hidden.value = next;
            }}
          >
            {type} <small>{count}</small>
          </button>
        );
      })}
      {rest > 0 ? <span class="quiet">{rest} more below the threshold</span> : null}
    </div>
  );
}
