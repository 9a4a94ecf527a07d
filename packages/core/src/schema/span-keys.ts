import type { Entity, Span } from "./document.ts";

/** Equal for spans of the same words. */
export function spanKey({ start, end }: Span): string {
  return `${start}:${end}`;
}

/** Equal for entities with the same span and type. No type differs from an empty one. */
export function typedSpanKey(entity: Entity): string {
  return `${spanKey(entity)}:${entity.type === null ? "" : `=${entity.type}`}`;
}

/** Joins the parts of a key with a character that no token or label contains. */
export function joinKey(...parts: readonly (string | number)[]): string {
  return parts.join("\u001f");
}
