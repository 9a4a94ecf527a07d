export { beginAttempt, noteLoss, readAttempts, readLosses } from "./losses.ts";
export { isSplit, leaves, Manifest, type Settled } from "./manifest.ts";
export { pendingShards } from "./pending.ts";
