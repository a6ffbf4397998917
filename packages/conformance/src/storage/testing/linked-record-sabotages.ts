import type { LinkStore } from "@salesagent/ports";
import { type Sabotage, withStores } from "./sabotage.js";

type Make = LinkStore["makeRecords"];

/** A storage that makes records with their links another way. */
const withMake = (change: (make: Make, stores: Parameters<Parameters<typeof withStores>[0]>[0]) => Make) =>
  withStores((stores) => ({
    links: { ...stores.links, makeRecords: change((...args) => stores.links.makeRecords(...args), stores) },
  }));

const SUITE = "link-store/1, records made with their links";

/** Records that are made with their links the wrong way. */
export const linkedRecordSabotages: Readonly<Record<string, Sabotage>> = {
  "forgets the host's own fields in the base of a link": {
    create: withMake((make, { links }) => async (want, call) => {
      const outcomes = await make(want, call);
      const ids = want.records.map(({ recordId }) => recordId);
      for (const link of await links.findByRecords(want.connection, want.kind, ids, call)) {
        if (!link?.base) continue;
        const entries = Object.entries(link.base.app).filter(([name]) => !name.startsWith("custom."));
        const app = Object.fromEntries(entries);
        if (entries.length === Object.keys(link.base.app).length) continue;
        await links.writeMany([{ link: { ...link, base: { app, crm: app } } }], call);
      }
      return outcomes;
    }),
    fails: [
      `${SUITE} > makes a record as any other is made, and its link, whose base is what the record says`,
      `${SUITE} > keeps what it was given, whatever becomes of that afterwards`,
    ],
  },
  "leaves the record of one whose counterpart is linked with another": {
    create: withMake((make, { records }) => async (want, call) => {
      const outcomes = await make(want, call);
      const left = want.records.filter((_, index) => outcomes[index]?.status === "taken");
      await records.writeMany(
        left.map(({ recordId, draft }) => ({ op: "put", kind: want.kind, id: recordId, draft })),
        call,
      );
      return outcomes;
    }),
    fails: [
      `${SUITE} > makes what fits, and tells what became of each, in their order`,
      `${SUITE} > gives an id of the CRM to one of many that want it at once, and makes no other`,
    ],
  },
  "says that it made every record that it was asked for": {
    create: withMake((make) => async (want, call) => {
      await make(want, call);
      return want.records.map(() => ({ status: "made" }));
    }),
    fails: [
      `${SUITE} > makes what fits, and tells what became of each, in their order`,
      `${SUITE} > gives an id of the CRM to one of many that want it at once, and makes no other`,
    ],
  },
  "makes a record and looks at what it says a while later": {
    create: withMake((make) => async (want, call) => {
      await Promise.resolve();
      return make(want, call);
    }),
    fails: [`${SUITE} > keeps what it was given, whatever becomes of that afterwards`],
  },
  "makes a record that begins without keys": {
    create: withMake(
      (make) => (want, call) =>
        make(
          {
            ...want,
            records: want.records.map((record) => ({ ...record, draft: { ...record.draft, keys: [] } })),
          },
          call,
        ),
    ),
    fails: [
      `${SUITE} > makes a record as any other is made, and its link, whose base is what the record says`,
    ],
  },
};
