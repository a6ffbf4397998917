import type { Clock, CRMProvider, CrmCallOptions, CrmChanges, CrmKind, CrmPage } from "@salesagent/ports";
import { manualClock } from "../../manual-clock.js";
import type { CrmSetup, CrmWorld } from "../crm-world.js";
import { createCrmDouble } from "../double/create-crm-double.js";

/** Makes a sound adapter unsound in one way. */
export type CrmSabotage = (sound: CRMProvider, world: CrmWorld, clock: Clock) => Partial<CRMProvider>;

/** A double that has whatever the cases look at. */
export function sabotagedDouble(sabotage: CrmSabotage = () => ({})): CrmSetup {
  const clock = manualClock();
  const { provider, world } = createCrmDouble({
    clock,
    pageSize: 7,
    kinds: { activity: { requiredLink: "contact" }, deal: false },
    stamps: { digits: 6, ties: false },
    totals: "too-many",
    unique: { contact: ["email"] },
  });
  return { provider: withChange(provider, sabotage(provider, world, clock)), world };
}

/** The adapter, but for some of its members. */
function withChange(sound: CRMProvider, change: Partial<CRMProvider>): CRMProvider {
  return {
    port: sound.port,
    provider: sound.provider,
    capabilities: sound.capabilities,
    list: (kind, from, call) => sound.list(kind, from, call),
    changes: (kind, from, call) => sound.changes(kind, from, call),
    get: (kind, id, call) => sound.get(kind, id, call),
    getMany: (kind, ids, call) => sound.getMany(kind, ids, call),
    lookup: (what, call) => sound.lookup(what, call),
    create: (draft, call) => sound.create(draft, call),
    update: (change, call) => sound.update(change, call),
    remove: (kind, id, call) => sound.remove(kind, id, call),
    writeMany: (writes, call) => sound.writeMany(writes, call),
    verifyWebhook: (request) => sound.verifyWebhook(request),
    schema: (kind, call) => sound.schema(kind, call),
    health: (call) => sound.health(call),
    ...change,
  };
}

/** A walk whose pages go through a hand that may change, add or drop them. */
export function changingPages(
  change: (
    pages: AsyncIterable<CrmPage>,
    from: { readonly cursor?: string | undefined } | undefined,
    kind: CrmKind,
  ) => AsyncIterable<CrmPage>,
  moveCursor: (cursor: string) => string = (cursor) => cursor,
): CrmSabotage {
  return (sound) => ({
    async *list<Kind extends CrmKind>(
      kind: Kind,
      from?: { readonly cursor?: string | undefined },
      call?: CrmCallOptions,
    ) {
      const cursor = from?.cursor === undefined ? undefined : moveCursor(from.cursor);
      yield* change(sound.list(kind, { cursor }, call), from, kind) as AsyncIterable<CrmPage<Kind>>;
    },
  });
}

/** Changes whose pages go through a hand. */
export function changingChanges(
  change: (pages: AsyncIterable<CrmChanges>, cursor: string | undefined) => AsyncIterable<CrmChanges>,
  soundCursor: (cursor: string) => string = (cursor) => cursor,
): CrmSabotage {
  return (sound) => ({
    async *changes<Kind extends CrmKind>(
      kind: Kind,
      from: { readonly cursor: string } | { readonly since: string },
      call?: CrmCallOptions,
    ) {
      const cursor = "cursor" in from ? from.cursor : undefined;
      const begin = "cursor" in from ? { cursor: soundCursor(from.cursor) } : from;
      yield* change(sound.changes(kind, begin, call), cursor) as AsyncIterable<CrmChanges<Kind>>;
    },
  });
}
