import { syncCycle } from "../sync-cycle.js";
import { openSync } from "./open-sync.js";
import { Chance, seeded } from "./seeded.js";

const TEN_MINUTES_MS = 600_000;

/** What a proof came to. */
export interface ProofReport {
  readonly records: number;
  readonly inApp: number;
  readonly inCrm: number;
  /** Calls that went wrong. */
  readonly faults: number;
}

/** Makes records in the CRM while answers and requests of creates are lost at random. */
export async function runLostCreates(seed: number, records: number): Promise<ProofReport> {
  const chance = new Chance(seeded(seed));
  let faults = 0;
  let isFaulty = true;
  const { context, world, storage, putInApp, clock } = openSync({
    faults: ({ operation }) => {
      if (!isFaulty || operation !== "create" || !chance.happens(0.5)) return undefined;
      faults += 1;
      return { type: chance.happens(0.7) ? "response-lost" : "request-lost" };
    },
  });
  for (let index = 0; index < records; index++) {
    await putInApp("contact", `c${index}`, { email: `p${index}@x.example`, firstName: `P${index}` });
  }
  for (let cycles = 0; cycles < 12; cycles++) {
    await syncCycle(context);
    clock.advance(TEN_MINUTES_MS);
  }
  isFaulty = false;
  await syncCycle(context);
  return { records, inApp: await storage.records.count("contact"), inCrm: world.created("contact"), faults };
}

/** Takes in records that all have one stamp, of which some change while the walk goes on. */
export async function runEqualStamps(seed: number, records: number): Promise<ProofReport> {
  const chance = new Chance(seeded(seed));
  let edits = 0;
  let isBusy = true;
  const { context, world, storage } = openSync({
    stamps: { digits: 0 },
    pageSize: 97,
    faults: ({ operation }) => {
      if (operation !== "list" && operation !== "changes") return undefined;
      const id = `contact-${1 + chance.below(records)}`;
      if (!isBusy || !chance.happens(0.1)) return undefined;
      edits += 1;
      world.edit({ kind: "contact", id, fields: { title: `edited ${edits}` } });
      return undefined;
    },
  });
  for (let index = 0; index < records; index++) {
    world.create({ kind: "contact", fields: { title: `T${index}` } });
  }
  for (let cycles = 0; cycles < 3; cycles++) {
    isBusy = cycles < 2;
    await syncCycle(context);
  }
  let equal = 0;
  for (let after: string | undefined; ; ) {
    const page = await storage.links.list("double", { kind: "contact" }, { after, limit: 1_000 });
    const ids = page.items.map(({ recordId }) => recordId);
    const found = await storage.records.getMany("contact", ids);
    for (const [index, { crmId = "" }] of page.items.entries()) {
      const title = world.read("contact", crmId)?.fields.title;
      if (found[index]?.fields.title === title) equal += 1;
    }
    after = page.next;
    if (after === undefined) break;
  }
  return { records, inApp: equal, inCrm: world.standing("contact").length, faults: edits };
}
