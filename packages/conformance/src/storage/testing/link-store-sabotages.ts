import type { LinkStore } from "@salesagent/ports";
import { type Sabotage, withStores } from "./sabotage.js";

/** A storage whose links are kept another way. */
const withLinks = (change: (links: LinkStore) => Partial<LinkStore>) =>
  withStores(({ links }) => ({ links: { ...links, ...change(links) } }));

type Writes = Parameters<LinkStore["writeMany"]>[0];

/** A storage that writes links another way. */
const withWrite = (change: (write: Writes[number]) => Writes[number]) =>
  withLinks((links) => ({ writeMany: (writes, call) => links.writeMany(writes.map(change), call) }));

/** Links that are written, claimed or counted the wrong way. */
export const linkStoreSabotages: Readonly<Record<string, Sabotage>> = {
  "writes over whatever link stands": {
    create: withWrite((write) => ({ ...write, ifRevision: undefined })),
    fails: [
      "link-store/1 > tells of each write what became of it, in their order, and makes those that fit",
      "link-store/1 > lets one of many writes pass that rest on one revision",
      "link-store/1 > refuses what is not a write, naming the field, and makes none of the call then",
      "link-store/1, work > gives a link whose lease ended to another, who alone may write then",
      "erasure-store/1, syncs > leaves of the person's links what keeps the CRM's record away, and fences who works on them",
    ],
  },
  "says that it wrote a link whose CRM's id is another's": {
    create: withLinks((links) => ({
      async writeMany(writes, call) {
        const outcomes = await links.writeMany(writes, call);
        return outcomes.map((outcome) =>
          outcome.status === "taken" ? { status: "written", revision: 1 } : outcome,
        );
      },
    })),
    fails: [
      "link-store/1 > tells of each write what became of it, in their order, and makes those that fit",
      "link-store/1 > gives an id of the CRM to one link, and to another once it is free",
      "transactions over the stores of syncs > gives an id of the CRM to one of two links when transactions link it at once",
    ],
  },
  "loses hints that come while somebody works": {
    create: withWrite((write) => ({ ...write, keepDue: false })),
    fails: [
      "link-store/1, work > keeps a hint that comes while somebody works on the link, whatever is written then",
      "link-store/1, work > keeps the time that the write says where that is earlier, and alone where hints are not kept",
    ],
  },
  "keeps every hint": {
    create: withWrite((write) => ({ ...write, keepDue: true })),
    fails: [
      "link-store/1, work > keeps the time that the write says where that is earlier, and alone where hints are not kept",
    ],
  },
  "ends a lease with every write": {
    create: withWrite((write) => ({ ...write, keepLease: false })),
    fails: ["link-store/1, work > ends the lease with a write, and keeps it where it is asked to"],
  },
  "ends no lease with a write": {
    create: withWrite((write) => ({ ...write, keepLease: true })),
    fails: [
      "link-store/1, work > takes the write of a worker whose lease ended but whom nobody followed",
      "link-store/1, work > ends the lease with a write, and keeps it where it is asked to",
      "link-store/1, work > keeps a hint that comes while somebody works on the link, whatever is written then",
      "link-store/1, work > loses no hint of many that come while links are claimed and written",
    ],
  },
  "forgets the CRM's hash": {
    create: withWrite(({ link, ...write }) => {
      const { crmHash: _crmHash, ...rest } = link;
      return { ...write, link: typeof link.crmHash === "string" ? rest : link };
    }),
    fails: [
      "link-store/1 > gives back a link as it was written, by the record and by the CRM's id",
      "link-store/1 > tells by the CRM's ids how links stand, in their order",
    ],
  },
  "claims a link for no time": {
    create: withLinks((links) => ({
      claim: (want, call) => links.claim({ ...want, leaseMs: Math.min(want.leaseMs, 0) }, call),
    })),
    fails: [
      "link-store/1, work > claims what is due of the kinds asked for, earliest due first, as many as asked for",
      "link-store/1, work > raises the revision with a claim and clears the time, and changes nothing else",
      "link-store/1, work > gives each link to one of many who claim at once",
      "link-store/1, work > ends the lease with a write, and keeps it where it is asked to",
      "link-store/1, work > keeps a hint that comes while somebody works on the link, whatever is written then",
      "link-store/1, work > refuses claims and hints that make no sense, naming the field",
      "transactions over the stores of syncs > claims in a transaction what it made due itself, and what others did, earliest first",
    ],
  },
  "never gives a link away that somebody had": {
    create: withLinks((links) => ({
      claim: (want, call) =>
        links.claim({ ...want, leaseMs: want.leaseMs === 0 ? 60_000 : want.leaseMs }, call),
    })),
    fails: ["link-store/1, work > gives a link whose lease ended to another, who alone may write then"],
  },
  "claims the latest first": {
    create: withLinks((links) => ({
      claim: async (want, call) => [...(await links.claim(want, call))].reverse(),
    })),
    fails: [
      "link-store/1, work > claims what is due of the kinds asked for, earliest due first, as many as asked for",
      "transactions over the stores of syncs > claims in a transaction what it made due itself, and what others did, earliest first",
    ],
  },
  "claims links of all kinds": {
    create: withLinks((links) => ({
      claim: async (want, call) => {
        const isSound = want.kinds.every((kind) => ["contact", "company", "deal"].includes(kind));
        return links.claim(isSound ? { ...want, kinds: ["contact", "company", "deal"] } : want, call);
      },
    })),
    fails: [
      "link-store/1, work > claims what is due of the kinds asked for, earliest due first, as many as asked for",
    ],
  },
  "hears no hint by the CRM's id": {
    create: withLinks((links) => ({
      hint: ({ crmIds = [], ...want }, call) =>
        links.hint(
          crmIds.every((id) => id.length > 0 && !/\0|\p{Surrogate}/u.test(id)) ? want : { ...want, crmIds },
          call,
        ),
    })),
    fails: [
      "link-store/1, work > makes links due by their records or the CRM's ids, earlier but never later",
    ],
  },
  "makes links due later as well": {
    create: withLinks((links) => ({
      async hint(want, call) {
        const count = await links.hint(want, call);
        const [link] = await links.findByRecords(want.connection, want.kind, want.recordIds ?? [], call);
        if (link?.dueAt === undefined || link.dueAt >= want.dueAt) return count;
        const { revision: _revision, createdAt: _createdAt, updatedAt: _updatedAt, ...draft } = link;
        await links.writeMany([{ link: { ...draft, dueAt: want.dueAt }, keepDue: false }], call);
        return count;
      },
    })),
    fails: [
      "link-store/1, work > makes links due by their records or the CRM's ids, earlier but never later",
    ],
  },
  "fences a worker with each hint": {
    create: withLinks((links) => ({
      async hint(want, call) {
        const count = await links.hint(want, call);
        const found = await links.findByRecords(want.connection, want.kind, want.recordIds ?? [], call);
        for (const link of found) {
          if (link === undefined) continue;
          const { revision: _revision, createdAt: _createdAt, updatedAt: _updatedAt, ...draft } = link;
          await links.writeMany([{ link: draft, keepLease: true }], call);
        }
        return count;
      },
    })),
    fails: [
      "link-store/1, work > makes links due by their records or the CRM's ids, earlier but never later",
      "link-store/1, work > keeps a hint that comes while somebody works on the link, whatever is written then",
      "link-store/1, work > loses no hint of many that come while links are claimed and written",
      "transactions over the stores of syncs > shows a transaction its own changes, and nobody else before it ends",
    ],
  },
  "counts what is due some day": {
    create: withLinks((links) => ({
      async count(connection, filter, call) {
        const counts = await links.count(connection, filter, call);
        const { items } = await links.list(connection, filter, { limit: 1000 }, call);
        return counts.map(({ kind, state, ...count }) => {
          const waits = items.filter((link) => link.kind === kind && link.state === state && link.dueAt);
          return { kind, state, ...count, due: Math.max(count.due, waits.length) };
        });
      },
    })),
    fails: [
      "link-store/1 > counts links by kind and state, and how many of them are due by now or being worked on",
    ],
  },
  "lists links whatever removal is asked for": {
    create: withLinks((links) => ({
      list: (connection, filter, page, call) =>
        links.list(connection, { ...filter, removal: undefined }, page, call),
    })),
    fails: [
      "link-store/1 > lists a connection's links in the order of their creation, by filter and page by page",
    ],
  },
  "lists links whenever they were written": {
    create: withLinks((links) => ({
      list: (connection, filter, page, call) =>
        links.list(
          connection,
          filter?.since?.startsWith("2999") === true ? { ...filter, since: undefined } : filter,
          page,
          call,
        ),
    })),
    fails: [
      "link-store/1 > lists a connection's links in the order of their creation, by filter and page by page",
    ],
  },
  "says of every link that both sides agreed on something": {
    create: withLinks((links) => ({
      async findStandings(...want) {
        const found = await links.findStandings(...want);
        return found.map((link) => link && { ...link, hasBase: true });
      },
    })),
    fails: [
      "link-store/1 > tells by the CRM's ids how links stand, in their order",
      "link-store/1 > lists how links stand that have an id in the CRM, by filter and page by page",
    ],
  },
  "tells how links stand in the order in which it finds them": {
    create: withLinks((links) => ({
      async findStandings(...want) {
        const found = await links.findStandings(...want);
        return found.toSorted((left, right) => (left?.recordId ?? "").localeCompare(right?.recordId ?? ""));
      },
    })),
    fails: [
      "link-store/1 > tells by the CRM's ids how links stand, in their order",
      "link-store/1 > lists how links stand that have an id in the CRM, by filter and page by page",
    ],
  },
  "tells how links of another kind stand": {
    create: withLinks((links) => ({
      async findStandings(connection, kind, ids, call) {
        const found = await links.findStandings(connection, kind, ids, call);
        const others = await links.findStandings(connection, "company", ids, call);
        return found.map((link, index) => others[index] ?? link);
      },
    })),
    fails: ["link-store/1 > tells by the CRM's ids how links stand, in their order"],
  },
  "lists how links stand whatever removal is asked for": {
    create: withLinks((links) => ({
      listStandings: (connection, filter, page, call) =>
        links.listStandings(connection, { ...filter, removal: undefined }, page, call),
    })),
    fails: ["link-store/1 > lists how links stand that have an id in the CRM, by filter and page by page"],
  },
  "leaves those that are held out of the list of how links stand": {
    create: withLinks((links) => ({
      async listStandings(...want) {
        const { items, ...next } = await links.listStandings(...want);
        return { items: items.filter(({ state }) => state !== "held"), ...next };
      },
    })),
    fails: ["link-store/1 > lists how links stand that have an id in the CRM, by filter and page by page"],
  },
};
