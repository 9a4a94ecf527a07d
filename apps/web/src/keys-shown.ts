import { signal } from "@preact/signals";

/** Whether the page shows what keys do in its view. */
export const keysShown = signal(false);
