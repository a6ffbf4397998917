import type { CallOptions, ErasureStore, PersonQuery } from "@salesagent/ports";
import { toNormalPerson, toPersonalRecords } from "@salesagent/ports/store-rules";
import { planErasure } from "./erasure-plan.js";
import type { ErasurePlan } from "./planned-rows.js";
import { now, type StoreContext } from "./store-context.js";
import type { TenantTables } from "./tenant-tables.js";

function toRecords(plans: Readonly<Record<string, ErasurePlan>>) {
  return toPersonalRecords(
    Object.fromEntries(Object.entries(plans).map(([store, { records }]) => [store, records])),
  );
}

export function createMemoryErasureStore(
  tables: TenantTables,
  { clock, admit }: Pick<StoreContext, "clock" | "admit">,
): ErasureStore {
  const plan = (person: PersonQuery, call: CallOptions | undefined) => {
    admit("erasure", call);
    return planErasure(tables, toNormalPerson(person), now(clock));
  };

  return {
    port: "erasure-store/1",
    async find(person, call) {
      return toRecords(plan(person, call));
    },
    async erase(person, call) {
      const plans = plan(person, call);
      for (const { carryOut } of Object.values(plans)) carryOut();
      return toRecords(plans);
    },
  };
}
