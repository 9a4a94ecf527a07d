import "./table.css";
import type { ComponentChildren } from "preact";

/** A column by its title; one of numbers stands to the right, as its cells of class `number` do. */
export type Column = string | { readonly number: string };

interface TableProps {
  readonly label: string;
  readonly columns: readonly Column[];
  /** Beside `table`. */
  readonly class?: string;
  readonly caption?: ComponentChildren;
  /** The rows. */
  readonly children: ComponentChildren;
}

/**
 * A table that is scrolled in its place where it is wider than the screen: by the keyboard too, so
 * it can have the focus.
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
