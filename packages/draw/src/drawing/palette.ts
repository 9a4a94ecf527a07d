import { hashText } from "./hash-text.ts";

/** The colours of one entity type on light or on dark paper, as `#rrggbb`. */
export interface TypeColour {
  readonly fill: string;
  readonly border: string;
  readonly label: string;
}

export type Shade = "light" | "dark";

/** Colours of paper, text and lines that every drawing shares. */
export const paperColours = {
  light: { paper: "#ffffff", ink: "#1c2430", soft: "#55606e", line: "#7b8694", grid: "#e3e7ec" },
  dark: { paper: "#12161c", ink: "#e8ecf1", soft: "#a3aebb", line: "#8692a0", grid: "#2a313a" },
} as const satisfies Record<Shade, Record<string, string>>;

/** The number of colours for entity types. */
export const slotCount = 12;

/** The slot of an entity that has no type: grey. */
export const neutralSlot = slotCount;

/**
 * The colour slot of every type name.
 *
 * A name has a home slot (chosen for common names, hashed for others), so that it looks the same in
 * every picture. If two names in a list share a home, the later one in the alphabet moves to the
 * next free slot; pass a model's whole label list to keep colours stable over many pictures. Beyond
 * twelve types, colours repeat.
 */
export function typeSlots(types: Iterable<string>): Map<string, number> {
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  for (const type of [...new Set(types)].sort()) {
    let slot = homeSlot(type);
    for (let step = 0; step < slotCount && taken.has(slot); step++) slot = (slot + 5) % slotCount;
    taken.add(slot);
    slots.set(type, slot);
  }
  return slots;
}

/** The colours of a slot: equal lightness and chroma in OKLCH, so that no type stands out. */
export function slotColour(slot: number, shade: Shade): TypeColour {
  const hue = slot * (360 / slotCount) + 12;
  const chroma = slot === neutralSlot ? 0.12 : 1;
  return shade === "light"
    ? {
        fill: oklch(0.955, 0.032 * chroma, hue),
        border: oklch(0.8, 0.085 * chroma, hue),
        label: oklch(0.46, 0.115 * chroma, hue),
      }
    : {
        fill: oklch(0.29, 0.045 * chroma, hue),
        border: oklch(0.52, 0.085 * chroma, hue),
        label: oklch(0.83, 0.085 * chroma, hue),
      };
}

/**
 * Line colours that stay distinguishable with the common kinds of colour blindness; dashes and
 * marks repeat the difference.
 */
export const seriesColours = {
  light: ["#0b6bb0", "#c4540a", "#0a8562", "#a4487f", "#55606e", "#8a6d00", "#5b55c0", "#b3261e"],
  dark: ["#62b2ee", "#f0954f", "#3fc79b", "#e08fbd", "#b4bfcc", "#d9bb4a", "#a7a2f5", "#f2857d"],
} as const satisfies Record<Shade, readonly string[]>;

/** WCAG 2 contrast ratio of two `#rrggbb` colours, between 1 and 21. */
export function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function homeSlot(type: string): number {
  const name = type.toLowerCase().replace(/[^\p{L}]/gu, "");
  const known = wellKnown.findIndex((names) => names.includes(name));
  if (known >= 0) return known;
  return hashText(type) % slotCount;
}

/** Names that many data sets share, by slot. */
const wellKnown: readonly (readonly string[])[] = [
  ["disease", "adverseeffect", "disorder"], // rose
  ["event", "award"], // vermilion
  ["location", "loc", "gpe", "place"], // amber
  ["product", "work"], // olive
  ["date", "time", "year"], // lime
  ["organization", "organisation", "org", "company"], // green
  ["facility", "fac"], // teal
  ["drug", "chemical"], // cyan
  ["person", "per", "peop", "people"], // blue
  ["method", "task", "process"], // indigo
  ["gene", "protein", "material"], // purple
  ["other", "misc"], // pink
];

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * sRGB of an OKLCH colour (Ottosson 2020); chroma is lowered until the colour exists on a screen.
 */
function oklch(lightness: number, chroma: number, hue: number): string {
  for (let kept = chroma; ; kept *= 0.92) {
    const a = kept * Math.cos((hue * Math.PI) / 180);
    const b = kept * Math.sin((hue * Math.PI) / 180);
    const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
    const linear = [
      4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
      -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
      -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
    ];
    if (kept > 0.001 && linear.some((value) => value < 0 || value > 1)) continue;
    const bytes = linear.map((value) => {
      const inside = Math.min(1, Math.max(0, value));
      const encoded = inside <= 0.0031308 ? 12.92 * inside : 1.055 * inside ** (1 / 2.4) - 0.055;
      return Math.round(encoded * 255)
        .toString(16)
        .padStart(2, "0");
    });
    return `#${bytes.join("")}`;
  }
}
