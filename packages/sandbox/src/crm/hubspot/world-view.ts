import type { HubspotWorld } from "./hubspot-world.js";
import type { HubspotType } from "./object-types.js";
import type { HubspotPropertyDefinition } from "./property-catalogue.js";
import { type StoredObject, stampText } from "./stored-object.js";
import type { HubspotWrite, WriteLog } from "./write-log.js";

/** A record as it stands. */
export interface HubspotRecord {
  readonly id: string;
  /** Those that have a value. */
  readonly properties: Readonly<Record<string, string>>;
  readonly updatedAt: string;
  readonly archived: boolean;
}

/** The account as its users see it. What they do is told by webhooks and in the journal, and is no call of the API. */
export interface HubspotWorldView {
  create(type: HubspotType, properties: Readonly<Record<string, string>>): string;
  /** Makes many at once, all of one stamp, which the search index knows already and nothing moves later. */
  seed(type: HubspotType, records: Iterable<Readonly<Record<string, string>>>): readonly string[];
  /** `""` clears a property. */
  edit(type: HubspotType, id: string, properties: Readonly<Record<string, string>>): void;
  archive(type: HubspotType, id: string): void;
  restore(type: HubspotType, id: string): void;
  /** Removes for good, as a privacy request does. */
  erase(type: HubspotType, id: string): void;
  /** Answers with the id of the third record that they become. */
  merge(type: HubspotType, primaryId: string, otherId: string): string;
  associate(type: HubspotType, id: string, toType: HubspotType, toId: string): void;
  /** Ids of what a record is tied to. */
  associated(type: HubspotType, id: string, toType: HubspotType): readonly string[];
  /** Archived ones too. An id that was merged away leads to the record that stands. */
  read(type: HubspotType, id: string): HubspotRecord | undefined;
  /** Ids of all records that stand. */
  standing(type: HubspotType): readonly string[];
  defineProperty(type: HubspotType, definition: HubspotPropertyDefinition): void;
  /** Writes that came by the API. */
  readonly writes: readonly HubspotWrite[];
}

/** The world for those who look at it from outside. */
export function worldView(world: HubspotWorld, log: WriteLog): HubspotWorldView {
  const existing = (type: HubspotType, id: string): StoredObject => {
    // What was due before comes before what is done now.
    world.settle();
    const object = world.find(type, Number(id));
    if (object === undefined) throw new RangeError(`the sandbox has no ${type} ${id}`);
    return object;
  };
  return {
    create(type, properties) {
      world.settle();
      return String(world.create(type, properties).id);
    },
    seed: (type, records) => [...records].map((properties) => String(world.seed(type, properties).id)),
    edit: (type, id, properties) => world.edit(existing(type, id), properties),
    archive: (type, id) => world.archive(existing(type, id)),
    restore: (type, id) => world.restore(existing(type, id)),
    erase: (type, id) => world.erase(type, existing(type, id), undefined),
    merge: (type, primaryId, otherId) =>
      String(world.merge(existing(type, primaryId), existing(type, otherId)).id),
    associate: (type, id, toType, toId) => world.associate(existing(type, id), existing(toType, toId)),
    associated: (type, id, toType) =>
      world.associations.of(type, existing(type, id).id, toType).map(({ toId }) => String(toId)),
    read(type, id) {
      world.settle();
      const object = world.find(type, Number(id));
      return object && recordOf(object);
    },
    standing(type) {
      const standing = [...world.table(type).after(-1)].filter(({ archivedMs }) => archivedMs === undefined);
      return standing.map(({ id }) => String(id));
    },
    defineProperty: (type, definition) => world.defineProperty(type, definition),
    writes: log.writes,
  };
}

const recordOf = ({ id, properties, modifiedMs, archivedMs }: StoredObject): HubspotRecord => ({
  id: String(id),
  properties,
  updatedAt: stampText(modifiedMs),
  archived: archivedMs !== undefined,
});
