import type { ComponentType } from "preact";
import { CorrectTab } from "./correct/correct-tab.tsx";
import { DataTab } from "./data/data-tab.tsx";
import { ExtractTab } from "./extract/extract-tab.tsx";
import { RunsTab } from "./runs/runs-tab.tsx";

export interface Tab {
  /** Its name in the address: `#/extract`. */
  readonly name: string;
  readonly title: string;
  readonly View: ComponentType;
}

/** The views of the page, in the order of the bar; the first is the default. */
export const tabs: readonly [Tab, ...Tab[]] = [
  { name: "extract", title: "Extract", View: ExtractTab },
  { name: "runs", title: "Runs", View: RunsTab },
  { name: "data", title: "Data", View: DataTab },
  { name: "correct", title: "Correct", View: CorrectTab },
];
