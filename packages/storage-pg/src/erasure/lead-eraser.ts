import type { Lead } from "@salesagent/ports";
import { toErasedLead } from "@salesagent/ports/store-rules";
import { toKeyColumn } from "../lead-keys.js";
import { fromLeadRow, LEAD_FIELDS } from "../lead-statements.js";
import { writing } from "../statement.js";
import type { TableNames } from "../store-context.js";
import { createTableEraser, type Eraser, type PersonalTable } from "./table-eraser.js";

const personalLeads: PersonalTable<Lead> = {
  ...{ store: "leads", table: "leads" },
  key: [{ name: "id", type: "text", read: ({ id }) => id }],
  says: ["source", "company", "contact", "custom", "keys"],
  theirs: { columns: ["id"], ids: ({ person }) => person.leadIds },
  ...{ selected: LEAD_FIELDS, fromRow: fromLeadRow },
  erased(lead, { person, instant }) {
    if (person.isTheirLead(lead.id)) return undefined;
    const left = toErasedLead(lead, person.mentions);
    if (left === lead) return lead;
    return { ...left, revision: String(Number(lead.revision) + 1), updatedAt: instant };
  },
  changed: [
    { name: "source", type: "text", read: ({ source }) => source },
    { name: "company", type: "json", read: ({ company }) => company },
    { name: "contact", type: "optional json", read: ({ contact }) => contact },
    { name: "custom", type: "json", read: ({ custom }) => custom },
    { name: "keys", type: "json", read: ({ keys }) => keys },
    { name: "revision", type: "bigint", read: ({ revision }) => revision },
    { name: "updated_at", type: "timestamptz", read: ({ updatedAt }) => updatedAt },
  ],
};

/** Leads, and the keys that they hold. */
export function createLeadEraser(name: TableNames): Eraser {
  const held = name("lead_keys");
  const release = writing(`delete from ${held} where tenant = $1 and key = any($2::text[])`);
  const hold = writing(`insert into ${held} (tenant, key, lead_id)
    select $1, k.key, k.lead_id from unnest($2::text[], $3::text[]) as k (key, lead_id)`);
  return createTableEraser(name, {
    ...personalLeads,
    async also(within, { context: { tenant } }, fates) {
      const released = fates.flatMap(({ before, after }) =>
        before.keys.filter((key) => after?.keys.includes(key) !== true),
      );
      const taken = fates.flatMap(({ before, after }) =>
        (after?.keys ?? []).flatMap((key) => (before.keys.includes(key) ? [] : { key, id: before.id })),
      );
      await within.run("leads", release, [tenant, released.map(toKeyColumn)], undefined);
      const values = [tenant, taken.map(({ key }) => toKeyColumn(key)), taken.map(({ id }) => id)];
      if (taken.length > 0) await within.run("leads", hold, values, undefined);
    },
  });
}
