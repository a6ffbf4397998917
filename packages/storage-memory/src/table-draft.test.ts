import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Rows, Table } from "./table.js";
import { TableDraft } from "./table-draft.js";

interface Row {
  readonly id: string;
  readonly group: string | undefined;
  readonly value: number;
}

const id = fc.constantFrom("a", "b", "c", "d", "e");
const deed = fc.oneof(
  fc.record({
    kind: fc.constant("put" as const),
    id,
    order: fc.nat(2),
    group: fc.constantFrom("x", "y", undefined),
    value: fc.nat(99),
  }),
  fc.record({ kind: fc.constant("replace" as const), id, value: fc.nat(99) }),
  fc.record({ kind: fc.constant("remove" as const), ids: fc.subarray(["a", "b", "c", "d", "e", "none"]) }),
);
type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never;

function act(rows: Rows<Row>, play: Deed): void {
  switch (play.kind) {
    case "remove":
      rows.remove(play.ids);
      break;
    case "put": {
      const { id, order, group, value } = play;
      rows.put(id, order, { id, group, value });
      break;
    }
    case "replace": {
      const before = rows.get(play.id);
      if (before !== undefined) rows.replace(play.id, { ...before, value: play.value });
    }
  }
}

/** All that can be read, in the order in which it is read. */
function read(rows: Rows<Row>): unknown {
  const page = { after: undefined, limit: 100 };
  return {
    up: rows.page({ page }).items,
    down: rows.page({ page, descending: true }).items,
    groups: ["x", "y"].map((group) => rows.page({ page }, group).items),
    counts: [rows.count(() => true), rows.count(() => true, "x")],
    each: ["a", "b", "c", "d", "e"].map((name) => rows.get(name)),
  };
}

const newTable = () => new Table<Row>({ value: 0 }, ({ group }) => group);

/** A table after some deeds. */
function tableOf(deeds: readonly Deed[]): Table<Row> {
  const table = newTable();
  for (const play of deeds) act(table, play);
  return table;
}

describe("a draft of a table", () => {
  it("reads as the table would with the same writes, leaves it as it is, and becomes it", () => {
    const plays = fc.array(deed, { maxLength: 12 });
    fc.assert(
      fc.property(plays, plays, (first, then) => {
        const base = tableOf(first);
        const before = read(base);
        const expected = read(tableOf([...first, ...then]));
        const draft = new TableDraft(base);
        for (const play of then) act(draft, play);
        expect(read(draft)).toEqual(expected);
        expect(read(base)).toEqual(before);
        expect(draft.collides()).toBe(false);
        draft.apply();
        expect(read(base)).toEqual(expected);
      }),
    );
  });

  it.each([
    ["replaced", (draft: Rows<Row>) => draft.replace("a", { id: "a", group: "x", value: 2 })],
    ["moved", (draft: Rows<Row>) => draft.put("a", 5, { id: "a", group: "y", value: 2 })],
    ["removed", (draft: Rows<Row>) => draft.remove(["a"])],
  ])("collides when a row that it %s was removed or written by others", (_, write) => {
    const other = { id: "a", group: "x", value: 9 };
    for (const meanwhile of [
      (table: Table<Row>) => table.remove(["a"]),
      (table: Table<Row>) => table.replace("a", other),
      (table: Table<Row>) => {
        table.remove(["a"]);
        table.insert("a", 0, other);
      },
    ]) {
      const base = newTable();
      base.insert("a", 0, { id: "a", group: "x", value: 1 });
      const draft = new TableDraft(base);
      write(draft);
      expect(draft.collides()).toBe(false);
      meanwhile(base);
      expect(draft.collides()).toBe(true);
    }
  });
});
