import type { ComponentType } from "preact";
import { CorrectTab } from "./correct/correct-tab.tsx";
import { KeyHelp } from "./correct/key-help.tsx";
import { DataTab } from "./data/data-tab.tsx";
import { ExtractTab } from "./extract/extract-tab.tsx";
import { RunsTab } from "./runs/runs-tab.tsx";

export interface Tab {
  /** Its name in the address: `#/extract`. */
  readonly name: string;
  readonly title: string;
  readonly View: ComponentType;
  /** What keys do there, for the list that `?` opens. */
  readonly keys?: readonly (readonly [keys: string, meaning: string])[];
  /** What `?` opens in place of the list. */
  readonly Keys?: ComponentType<{ readonly close: () => void }>;
}

const drawingKeys = [
  ["Tab, arrow keys", "Go to a drawing, and from part to part in it"],
  ["Enter, Escape", "Select a part of a drawing, clear the selection"],
] as const;

/** The views of the page, in the order of the bar; the first is the default. */
export const tabs: readonly [Tab, ...Tab[]] = [
  { name: "extract", title: "Extract", View: ExtractTab, keys: [["Ctrl + Enter", "Extract"], ...drawingKeys] },
  {
    name: "runs",
    title: "Runs",
    View: RunsTab,
    keys: [["Tab, Space", "Go to a run, draw its curves or not"], ["Enter", "Open a run"], ...drawingKeys],
  },
  { name: "data", title: "Data", View: DataTab, keys: [...drawingKeys] },
  {
    name: "correct",
    title: "Correct",
    View: CorrectTab,
    Keys: KeyHelp,
  },
];
