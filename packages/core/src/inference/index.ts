export * from "./trained-model.ts";
