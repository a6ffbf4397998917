import type { Table } from "./table.js";

/** What one store holds of a person, and how it goes. */
export interface ErasurePlan {
  readonly records: number;
  carryOut(): void;
}

/** @param fate - What becomes of a row: itself, another one, or nothing. */
export function planRows<Row>(table: Table<Row>, fate: (row: Row) => Row | undefined): ErasurePlan {
  const gone: string[] = [];
  const changed: { readonly id: string; readonly order: number; readonly row: Row }[] = [];
  for (const { id, order, row } of table.entries()) {
    const left = fate(row);
    if (left === undefined) gone.push(id);
    else if (left !== row) changed.push({ id, order, row: left });
  }
  return {
    records: gone.length + changed.length,
    carryOut() {
      table.remove(gone);
      for (const { id, order, row } of changed) table.put(id, order, row);
    },
  };
}

/** Two plans as one. */
export function both(one: ErasurePlan, other: ErasurePlan): ErasurePlan {
  return {
    records: one.records + other.records,
    carryOut() {
      one.carryOut();
      other.carryOut();
    },
  };
}
