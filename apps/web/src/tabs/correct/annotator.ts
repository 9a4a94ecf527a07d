import { signal } from "@preact/signals";

const key = "weft-annotator";

/** The name that saved sentences carry, remembered by this browser; empty for none. */
export const annotator = signal(remembered());

export function useAnnotator(name: string): void {
  annotator.value = name.trim().slice(0, 100);
  try {
    localStorage.setItem(key, annotator.value);
  } catch {
    return;
  }
}

function remembered(): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}
