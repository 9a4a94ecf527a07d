export { DirectoryStore } from "./directory-store.ts";
export type { Store } from "./store.ts";
