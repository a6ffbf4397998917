import { type Child, h } from "./element.js";

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** Figures stand to the right. */
  readonly isFigure?: boolean;
  readonly cell: (row: Row) => Child;
}

/**
 * A table whose rows can change. On a narrow page each row stands as a card, and still is a row for whoever hears it: hence the roles.
 */
export class Table<Row> {
  readonly element: HTMLElement;
  readonly #columns: readonly Column<Row>[];
  readonly #body: HTMLElement;
  readonly #rows = new Map<string, { readonly element: HTMLElement; readonly told: string }>();

  constructor(caption: string, columns: readonly Column<Row>[]) {
    this.#columns = columns;
    this.#body = h("tbody", { role: "rowgroup" });
    const titles = columns.map(({ title, isFigure }) =>
      h("th", { role: "columnheader", scope: "col", class: isFigure && "figure" }, title),
    );
    const head = h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, titles));
    this.element = h(
      "table",
      { role: "table" },
      h("caption", { class: "unseen" }, caption),
      head,
      this.#body,
    );
  }

  /**
   * Shows these rows, in this order. A row that is told the same stays as it is; one that changes keeps the focus.
   *
   * @param told - All that a row shows.
   */
  show(rows: readonly { readonly key: string; readonly row: Row; readonly told: unknown }[]): void {
    const wanted = new Set(rows.map(({ key }) => key));
    for (const [key, { element }] of this.#rows) {
      if (wanted.has(key)) continue;
      element.remove();
      this.#rows.delete(key);
    }
    rows.forEach(({ key, row, told }, index) => {
      const known = this.#rows.get(key);
      const text = JSON.stringify(told);
      const element = known?.told === text ? known.element : this.#make(row);
      if (known && known.element !== element) replace(known.element, element);
      this.#rows.set(key, { element, told: text });
      const at = this.#body.children[index];
      if (at !== element) this.#body.insertBefore(element, at ?? null);
    });
  }

  #make(row: Row): HTMLElement {
    const cells = this.#columns.map(({ title, isFigure, cell }) =>
      h("td", { role: "cell", "data-title": title, class: isFigure && "figure" }, h("span", {}, cell(row))),
    );
    return h("tr", { role: "row" }, cells);
  }
}

/** A table that does not change. */
export function plainTable<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): HTMLElement {
  const table = new Table(caption, columns);
  table.show(rows.map((row, index) => ({ key: String(index), row, told: index })));
  return table.element;
}

const FOCUSABLE = "a, button, input, select, textarea, summary";

function replace(old: HTMLElement, next: HTMLElement): void {
  const focused = [...old.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement as Element);
  old.replaceWith(next);
  if (focused >= 0) next.querySelectorAll<HTMLElement>(FOCUSABLE)[focused]?.focus();
}
