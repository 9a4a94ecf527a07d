import "./table.css";
import type { ComponentChildren } from "preact";

/** A column by its title. A number column is right-aligned, like its cells of class `number`. */
export type Column = string | { readonly number: string };

interface TableProps {
  readonly label: string;
  readonly columns: readonly Column[];
  /** In addition to `table`. */
  readonly class?: string;
  readonly caption?: ComponentChildren;
  /** The rows. */
  readonly children: ComponentChildren;
}

/**
 * A table that scrolls if it is wider than the screen. It is focusable, so the keyboard can scroll
 * it too.
 */
export function Table({ label, columns, class: more, caption, children }: TableProps) {
  return (
    <div class={more === undefined ? "table" : `table ${more}`} role="region" aria-label={label} tabIndex={0}>
      <table>
        {caption === undefined ? null : <caption>{caption}</caption>}
        <thead>
          <tr>
            {columns.map((column) =>
              typeof column === "string" ? (
                <th key={column} scope="col">
                  {column}
                </th>
              ) : (
                <th key={column.number} scope="col" class="number">
                  {column.number}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
