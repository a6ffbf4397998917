import type { CallOptions, Page, PageRequest } from "@salesagent/ports";
import { toCursorText, toNormalPage, toStorable } from "@salesagent/ports/store-rules";
import { number, type Row } from "./columns.js";
import type { PageOrder } from "./page-order.js";
import { createStatementCache, plannedAnew, reading } from "./statement.js";
import type { StoreContext } from "./store-context.js";

/** How one list is read. */
export interface ListShape<T> {
  readonly store: string;
  /** With its schema; a selection stands in parentheses. It may add parameters. */
  readonly table: string | ((context: StoreContext, parameter: (value: unknown) => string) => string);
  readonly columns: string;
  readonly order: PageOrder;
  readonly descending?: boolean;
  /**
   * Whether far more rows than a page may have to be sorted: then it is planned anew each time, and rows get their forms once the
   * page is cut. @defaultValue false
   */
  readonly sortsMany?: boolean;
  readonly fromRow: (row: Row) => T;
}

/** The values that columns must have; undefined asks for nothing. */
export type Conditions = Readonly<Record<string, string | undefined>>;

/** A condition of another form: SQL, given the parameter of a value or none. */
export type SqlCondition = (parameter: (value: unknown) => string) => string;

export type PageReader<T> = (
  context: StoreContext,
  conditions: Conditions,
  page: PageRequest | undefined,
  call: CallOptions | undefined,
  also?: readonly SqlCondition[],
) => Promise<Page<T>>;

/** The property of a filter that a column goes by. */
function toProperty(column: string): string {
  return column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** SQL for the tenant's rows that meet the conditions, its values added to `values`. */
export function toWhere(store: string, tenant: string, conditions: Conditions, values: unknown[]): string {
  values.push(tenant);
  const terms = [`tenant = $${values.length}`];
  for (const [column, value] of Object.entries(conditions)) {
    if (value === undefined) continue;
    values.push(toStorable(store, `filter.${toProperty(column)}`, value));
    terms.push(`${column} = $${values.length}`);
  }
  return terms.join(" and ");
}

/** Reads a list by keyset paging, so that no page repeats or skips a row. */
export function createPageReader<T>({
  store,
  table,
  columns,
  order,
  descending = false,
  sortsMany = false,
  fromRow,
}: ListShape<T>): PageReader<T> {
  const statementOf = createStatementCache((text) =>
    sortsMany ? plannedAnew(reading(text)) : reading(text),
  );
  const direction = descending ? "desc" : "asc";
  // named with its table: alone, a name would mean the selected column, which is text where it is an instant
  const sorting = order.columns.map((column) => `listed.${column} ${direction}`).join(", ");

  return async (context, conditions, page, call, also = []) => {
    const { executor, tenant } = context;
    const { after, limit } = toNormalPage(store, page);
    const values: unknown[] = [];
    const parameter = (value: unknown) => `$${values.push(value)}`;
    let where = [
      toWhere(store, tenant, conditions, values),
      ...also.map((condition) => condition(parameter)),
    ].join(" and ");
    if (after !== undefined) {
      const parameters = order.toValues(after).map(parameter);
      where += ` and (${order.columns.join(", ")}) ${descending ? "<" : ">"} (${parameters.join(", ")})`;
    }
    const from = typeof table === "string" ? table : table(context, parameter);
    const rest = `where ${where} order by ${sorting} limit ${parameter(limit + 1)}`;
    const text = sortsMany
      ? `select ${columns}, ${order.selected} from (select * from ${from} listed ${rest}) listed order by ${sorting}`
      : `select ${columns}, ${order.selected} from ${from} listed ${rest}`;
    return toPage(await executor.run(store, statementOf(text), values, call), limit, fromRow);
  };
}

/** @param rows - Those of the page, each with its place in the list, and one more where the list goes on. */
export function toPage<T>(rows: readonly Row[], limit: number, fromRow: (row: Row) => T): Page<T> {
  const items = rows.slice(0, limit).map(fromRow);
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return { items };
  const next = toCursorText({ order: number(last, "page_order"), seq: number(last, "page_seq") });
  return { items, next };
}
