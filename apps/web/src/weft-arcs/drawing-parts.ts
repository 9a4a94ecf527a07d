import type { Drawable, KeptAnnotation } from "@weft-nlp/draw";

/** An entity or a relation by its index in the document, as attributes write it: `relation:3`. */
export type PartName = `${"entity" | "relation"}:${number}`;

/**
 * Makes the groups of a new drawing accessible: each part gets its name in the whole document, its
 * words as a label, and one tab stop, however many lines it spans. Entities come first, in order,
 * then relations.
 */
export function takeParts(place: Element, kept: KeptAnnotation<Drawable>, language: string | null): Map<PartName, SVGElement[]> {
  const svg = place.firstElementChild;
  // The role `img` would hide its content from screen readers.
  svg?.setAttribute("role", "group");
  if (language !== null) svg?.setAttribute("lang", language);
  const parts = new Map<PartName, SVGElement[]>();
  const groups = [
    ...place.querySelectorAll<SVGElement>("[data-entity]"),
    ...place.querySelectorAll<SVGElement>("[data-relation]"),
  ];
  const named = groups.map((group) => {
    const { entity, relation } = group.dataset;
    const name: PartName =
      entity === undefined ? `relation:${kept.relations[Number(relation)] ?? 0}` : `entity:${kept.entities[Number(entity)] ?? 0}`;
    return { name, group, index: Number(entity ?? relation) };
  });
  named.sort((a, b) => Number("entity" in b.group.dataset) - Number("entity" in a.group.dataset) || a.index - b.index);
  for (const { name, group } of named) {
    const title = group.querySelector("title");
    group.dataset["part"] = name;
    group.dataset["name"] = title?.textContent ?? name;
    const known = parts.get(name);
    if (known === undefined) {
      group.setAttribute("role", "button");
      group.setAttribute("tabindex", parts.size === 0 ? "0" : "-1");
      group.setAttribute("aria-label", title?.textContent ?? name);
      parts.set(name, [group]);
    } else {
      group.setAttribute("aria-hidden", "true");
      known.push(group);
    }
    title?.remove();
    // Numbers of arcs that continue on another line are visual only, and not part of the name.
    for (const mark of group.querySelectorAll<SVGElement>(".weft-mark,.weft-number")) {
      mark.setAttribute("aria-hidden", "true");
      mark.dataset["part"] = name;
      group.after(mark);
    }
  }
  const title = svg?.querySelector(":scope > title");
  if (svg !== null && title) {
    // As an element, it would be a tooltip over the whole drawing.
    svg.setAttribute("aria-label", title.textContent);
    svg.removeAttribute("aria-labelledby");
    title.remove();
  }
  return parts;
}

/** The part at an element of a drawing. */
export function partAt(target: EventTarget | null): PartName | null {
  const group = target instanceof Element ? target.closest<SVGElement>("[data-part]") : null;
  return (group?.dataset["part"] ?? null) as PartName | null;
}
