import { type RetentionStore, SalesAgentError, type TenantStorage } from "@salesagent/ports";
import { withErase } from "./erasure-sabotage.js";
import { type Sabotage, withStores, withTenants, withTransaction } from "./sabotage.js";

const withPrune = (change: (tenant: TenantStorage) => RetentionStore["prune"]) =>
  withTenants(() => (tenant) => ({ retention: { ...tenant.retention, prune: change(tenant) } }));

/** A prune of one kind a moment later than it was asked for. */
const later = (
  kind: "syncRuns" | "syncEntries" | "conflicts" | "deadLetters" | "inbox",
): Sabotage["create"] =>
  withPrune(({ retention }) => (want, call) => {
    const time = Date.parse(want[kind] ?? "");
    const moved = Number.isNaN(time) ? {} : { [kind]: new Date(time + 1).toISOString() };
    return retention.prune({ ...want, ...moved }, call);
  });

/** Tenants, transactions, aborts, erasure and retention of syncs that are broken. */
export const syncStorageSabotages: Readonly<Record<string, Sabotage>> = {
  "has no transactions over syncs": {
    create: withTransaction((tenant) => async (work) => work(tenant)),
    fails: [
      "record-store/1, changes > tells nothing of writes that were stale or put back",
      "record-store/1, changes > loses nothing of a transaction that commits after a later write was told",
      "transactions over the stores of syncs > puts back what was changed and removed when the callback throws",
      "transactions over the stores of syncs > shows a transaction its own changes, and nobody else before it ends",
      "transactions over the stores of syncs > keeps a page of records, their links and the cursor together",
      "transactions over the stores of syncs > refuses the stores of a transaction once it is over",
    ],
  },
  "keeps links that a transaction put back": {
    create: withTransaction(
      (tenant) => (work, call) =>
        tenant.transaction((stores) => work({ ...stores, links: tenant.links }), call),
    ),
    fails: [
      "transactions over the stores of syncs > puts back what was changed and removed when the callback throws",
      "transactions over the stores of syncs > shows a transaction its own changes, and nobody else before it ends",
      "transactions over the stores of syncs > keeps a page of records, their links and the cursor together",
      "transactions over the stores of syncs > refuses the stores of a transaction once it is over",
    ],
  },
  "shares links between tenants": {
    create: withStores(({ tenant, links }, storage) => ({
      links: tenant === "other" ? storage.tenant("acme").links : links,
    })),
    fails: [
      "link-store/1 > tells by the CRM's ids how links stand, in their order",
      "sync stores, lifecycle > keep to their tenant, though names and ids are the same",
      "erasure-store/1, syncs > finds what syncs hold of a person, erases it as it was found, and finds nothing then",
    ],
  },
  "shares rates between tenants": {
    create: withStores(({ tenant, rateBudgets }, storage) => ({
      rateBudgets: tenant === "other" ? storage.tenant("acme").rateBudgets : rateBudgets,
    })),
    fails: ["sync stores, lifecycle > keep to their tenant, though names and ids are the same"],
  },
  "shares leases between tenants": {
    create: withStores(({ tenant, leases }, storage) => ({
      leases: tenant === "other" ? storage.tenant("acme").leases : leases,
    })),
    fails: ["sync stores, lifecycle > keep to their tenant, though names and ids are the same"],
  },
  "does not hear that a claim was aborted": {
    create: withStores(({ links }) => ({
      links: {
        ...links,
        claim: (want, call) => links.claim(want, call?.signal?.aborted === true ? {} : call),
      },
    })),
    fails: [
      "sync stores, lifecycle > reject every call with the caller's reason when it was aborted before, and write nothing",
    ],
  },
  "answers for leases once it is closed": {
    create: withStores(({ leases }) => ({
      leases: {
        ...leases,
        renew: (name, owner, leaseMs, call) =>
          leases.renew(name, owner, leaseMs, call).catch((error: unknown) => {
            if (SalesAgentError.is(error, "store.closed")) return false;
            throw error;
          }),
      },
    })),
    fails: [
      "transactions over the stores of syncs > refuses the stores of a transaction once it is over",
      "sync stores, lifecycle > refuse every call once the storage is closed",
    ],
  },
  "takes NUL characters out of payloads": {
    create: withStores(({ deadLetters }) => ({
      deadLetters: {
        ...deadLetters,
        add: (letter, call) => {
          const text = JSON.stringify(letter.payload ?? null);
          const payload = text.includes("\\u0000")
            ? JSON.parse(text.replaceAll("\\u0000", ""))
            : letter.payload;
          return deadLetters.add({ ...letter, payload }, call);
        },
      },
    })),
    fails: [
      "sync stores, lifecycle > refuse texts that not every database can hold, naming the field, and write nothing",
    ],
  },
  "does not know which contacts are named as the person": {
    create: withErase(
      ({ erasure }) =>
        ({ recordIds: _recordIds, ...person }, call) =>
          erasure.erase(person, call),
    ),
    fails: [
      "erasure-store/1, syncs > drops a contact that is the person, whole, and tells the feed that it was removed",
      "erasure-store/1, syncs > drops the person's conflicts and dead letters, also of a contact that is named and gone",
      "erasure-store/1, syncs > drops the detail of what was decided on the person alone",
    ],
  },
  "keeps the links of a contact that it drops": {
    create: withErase(({ erasure, links }) => async (person, call) => {
      const { items } = await links.list("close", {}, {}, call);
      const records = await erasure.erase(person, call);
      const gone = await links.findByRecords(
        "close",
        "contact",
        items.map(({ recordId }) => recordId),
        call,
      );
      const {
        revision: _revision,
        createdAt: _createdAt,
        updatedAt: _updatedAt,
        ...link
      } = items[0] ?? {
        ...{ revision: 0, createdAt: "", updatedAt: "" },
      };
      if (gone[0]?.state === "erased" && "state" in link) await links.writeMany([{ link }], call);
      return records;
    }),
    fails: [
      "erasure-store/1, syncs > finds what syncs hold of a person, erases it as it was found, and finds nothing then",
      "erasure-store/1, syncs > leaves of the person's links what keeps the CRM's record away, and fences who works on them",
      "erasure-store/1, syncs > drops the person's conflicts and dead letters, also of a contact that is named and gone",
    ],
  },
  "keeps a contact that is the person": {
    create: withErase(({ erasure, records }) => async (person, call) => {
      const { items } = await records.list("contact", {}, call);
      const counts = await erasure.erase(person, call);
      for (const { kind, id, fields } of items) {
        if ((await records.get(kind, id, call)) === undefined) {
          await records.writeMany(
            [{ op: "put", kind, id, draft: { fields: { fullName: fields.fullName ?? "" }, keys: [] } }],
            call,
          );
        }
      }
      return counts;
    }),
    fails: [
      "erasure-store/1, syncs > finds what syncs hold of a person, erases it as it was found, and finds nothing then",
      "erasure-store/1, syncs > drops a contact that is the person, whole, and tells the feed that it was removed",
    ],
  },
  "leaves bodies that mention the person": {
    create: withErase(({ erasure, inbox }) => async (person, call) => {
      const { items } = await inbox.list({}, {}, call);
      const counts = await erasure.erase(person, call);
      for (const { id, source, key, body, hints, receivedAt } of items) {
        await inbox.put({ id: `${id} again`, source, key: `${key} again`, body, hints, receivedAt }, call);
      }
      return counts;
    }),
    fails: [
      "erasure-store/1, syncs > empties requests to webhooks that mention the person, and leaves credentials and cursors",
    ],
  },
  "keeps the person's dead letters": {
    create: withErase(({ erasure, deadLetters }) => async (person, call) => {
      const { items } = await deadLetters.list({ kind: "contact", recordId: "1" }, {}, call);
      const counts = await erasure.erase(person, call);
      for (const { id, connection, kind, operation, payload, error, addedAt } of items) {
        await deadLetters.add(
          { id, connection, kind, recordId: "1", operation, payload, error, addedAt },
          call,
        );
      }
      return counts;
    }),
    fails: [
      "erasure-store/1, syncs > finds what syncs hold of a person, erases it as it was found, and finds nothing then",
      "erasure-store/1, syncs > drops the person's conflicts and dead letters, also of a contact that is named and gone",
    ],
  },
  "drops syncs of the very time": {
    create: later("syncRuns"),
    fails: [
      "retention-store/1, syncs > drops syncs that ended before a time, and what was decided before one, each by its own",
    ],
  },
  "drops entries of the very time": {
    create: later("syncEntries"),
    fails: [
      "retention-store/1, syncs > drops syncs that ended before a time, and what was decided before one, each by its own",
    ],
  },
  "drops conflicts of the very time": {
    create: later("conflicts"),
    fails: ["retention-store/1, syncs > drops conflicts that ended before a time, and none that is open"],
  },
  "drops dead letters of the very time": {
    create: later("deadLetters"),
    fails: ["retention-store/1, syncs > drops dead letters that ended before a time, and none that is open"],
  },
  "drops requests of the very time": {
    create: later("inbox"),
    fails: [
      "retention-store/1, syncs > drops requests that came before a time and are handled or failed, and knows their keys no more",
    ],
  },
  "drops requests that wait": {
    create: withPrune(({ retention, inbox }) => async (want, call) => {
      if (want.inbox !== undefined) {
        for (const { id } of (await inbox.list({ status: "received" }, {}, call)).items) {
          await inbox.settle(id, { status: "handled" }, call);
        }
      }
      return retention.prune(want, call);
    }),
    fails: [
      "retention-store/1, syncs > drops requests that came before a time and are handled or failed, and knows their keys no more",
    ],
  },
  "drops open conflicts": {
    create: withPrune(({ retention, conflicts }) => async (want, call) => {
      if (want.conflicts !== undefined) {
        const { items } = await conflicts.list({ status: "open" }, {}, call);
        await conflicts.endMany(
          items.map(({ id }) => ({ id, status: "gone" as const })),
          call,
        );
      }
      return retention.prune(want, call);
    }),
    fails: ["retention-store/1, syncs > drops conflicts that ended before a time, and none that is open"],
  },
};
