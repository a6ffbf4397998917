import type { Clock } from "@salesagent/ports";
import type { SeededIds } from "../shared/index.js";
import { Associations } from "./associations.js";
import { checkValues, type PropertyTexts } from "./check-values.js";
import { DueTasks } from "./due-tasks.js";
import { ObjectTable } from "./object-table.js";
import { factsOf, type HubspotType, hubspotTypes } from "./object-types.js";
import {
  defaultProperties,
  type HubspotProperty,
  type HubspotPropertyDefinition,
  propertyOf,
} from "./property-catalogue.js";
import { badRequest, conflict, HubspotRefusal, invalidProperties, notFound } from "./refusal.js";
import { propertyText, type StoredObject } from "./stored-object.js";
import type { WorldChange } from "./world-change.js";

/** How the world keeps time with itself. */
export interface WorldTimes {
  /** The most that the search index lags behind; each record lags by another part of it. */
  readonly searchLagMs: number;
  /** After how long HubSpot's own jobs move a record's stamp once more. */
  readonly selfBumpMs: readonly [number, number] | undefined;
  /** Share of the lists of merged ids that miss one. */
  readonly mergeGapShare: number;
}

/** What stands in the account. Users call it by the sandbox's `world`, the API by its routes. */
export class HubspotWorld {
  readonly properties = defaultProperties();
  readonly associations = new Associations();
  readonly #tables = new Map(hubspotTypes.map(({ type }) => [type, new ObjectTable(type)]));
  readonly #clock: Clock;
  readonly #ids: SeededIds;
  readonly #times: WorldTimes;
  readonly #due = new DueTasks();
  readonly #blocked = new Set<string>();
  readonly #listeners: ((change: WorldChange) => void)[] = [];

  constructor(clock: Clock, ids: SeededIds, times: WorldTimes) {
    this.#clock = clock;
    this.#ids = ids;
    this.#times = times;
  }

  /** Who is told of what happens. */
  onChange(listener: (change: WorldChange) => void): void {
    this.#listeners.push(listener);
  }

  nowMs(): number {
    return this.#clock.now();
  }

  /** Does what has fallen due since: the index catches up, stamps move by themselves. */
  settle(): void {
    this.#due.settle(this.#clock.now());
  }

  table(type: HubspotType): ObjectTable {
    const table = this.#tables.get(type);
    if (table === undefined) throw new TypeError(`HubSpot has no ${type}`);
    return table;
  }

  propertiesOf(type: HubspotType): Map<string, HubspotProperty> {
    return this.properties.get(type) ?? new Map();
  }

  /** Adds a property, as an administrator would. */
  defineProperty(type: HubspotType, definition: HubspotPropertyDefinition): void {
    this.propertiesOf(type).set(definition.name, propertyOf(definition));
  }

  /** The record of an id that stands, or the one that it was merged into. */
  find(type: HubspotType, id: number): StoredObject | undefined {
    let object = this.table(type).get(id);
    while (object?.mergedInto !== undefined) object = this.table(type).get(object.mergedInto);
    return object;
  }

  /** The record that stands under this value of a unique property. */
  findBy(type: HubspotType, property: string, value: string): StoredObject | undefined {
    const table = this.table(type);
    if (property === "hs_object_id") return this.find(type, Number(value));
    if (this.propertiesOf(type).get(property)?.hasUniqueValue !== true) {
      throw badRequest(`Property ${property} does not have unique values`);
    }
    const wanted = property === "email" ? value.trim().toLowerCase() : value;
    return table.withUnique(property, wanted);
  }

  create(
    type: HubspotType,
    sent: Readonly<Record<string, unknown>>,
    source: WorldChange["source"] = "CRM_UI",
  ): StoredObject {
    const { label } = factsOf(type);
    const { values, problems } = checkValues(this.propertiesOf(type), sent, source === "CRM_UI");
    if (problems.length > 0) throw invalidProperties(problems);
    if (values["email"] !== undefined && this.#blocked.has(values["email"])) {
      throw new HubspotRefusal(400, {
        category: "VALIDATION_ERROR",
        message: `${label} can't be created: the e-mail address is blocked by a privacy request`,
      });
    }
    const taken = this.#uniqueOwner(type, values);
    if (taken !== undefined) throw conflict(label, taken.id);
    const atMs = this.#clock.now();
    const id = this.#nextId(type);
    const object: StoredObject = { type, id, properties: {}, createdMs: atMs, modifiedMs: atMs };
    this.table(type).put(object);
    this.#write(object, values);
    this.#tell({ type, id, atMs, source, action: "created", values });
    return object;
  }

  /** A record that has stood for a while: found by searches already, and told to nobody. */
  seed(type: HubspotType, values: PropertyTexts): StoredObject {
    const atMs = this.#clock.now();
    const id = this.#nextId(type);
    const object: StoredObject = { type, id, properties: {}, createdMs: atMs, modifiedMs: atMs };
    this.table(type).put(object);
    this.table(type).replace(object, values, this.propertiesOf(type));
    object.indexed = { properties: object.properties, modifiedMs: atMs };
    return object;
  }

  edit(
    object: StoredObject,
    sent: Readonly<Record<string, unknown>>,
    source: WorldChange["source"] = "CRM_UI",
  ): void {
    const { type, id } = object;
    const { values, problems } = checkValues(this.propertiesOf(type), sent, source === "CRM_UI");
    if (problems.length > 0) throw invalidProperties(problems);
    const taken = this.#uniqueOwner(type, values);
    if (taken !== undefined && taken.id !== id) throw conflict(factsOf(type).label, taken.id);
    this.#write(object, values);
    this.#tell({ type, id, atMs: this.#clock.now(), source, action: "updated", values });
  }

  archive(object: StoredObject, source: WorldChange["source"] = "CRM_UI"): void {
    if (object.archivedMs !== undefined) return;
    const { type, id } = object;
    object.archivedMs = this.#clock.now();
    this.table(type).forget(object);
    this.#index(object);
    this.#tell({ type, id, atMs: object.archivedMs, source, action: "deleted" });
  }

  restore(object: StoredObject, source: WorldChange["source"] = "CRM_UI"): void {
    if (object.archivedMs === undefined) return;
    object.archivedMs = undefined;
    this.#write(object, {});
    const { type, id } = object;
    this.#tell({ type, id, atMs: this.#clock.now(), source, action: "restored" });
  }

  /** A record gone for good, and its address never to be used again. */
  erase(type: HubspotType, object: StoredObject | undefined, address: string | undefined): void {
    const email = object?.properties["email"] ?? address;
    if (email !== undefined) this.#blocked.add(email.toLowerCase());
    if (object === undefined) return;
    this.table(type).drop(object);
    const atMs = this.#clock.now();
    this.#tell({ type, id: object.id, atMs, source: "CRM_UI", action: "privacy-deleted" });
  }

  /** Two records become a third one; both ids lead to it from then on. */
  merge(primary: StoredObject, other: StoredObject, source: WorldChange["source"] = "CRM_UI"): StoredObject {
    const { type } = primary;
    if (other.type !== type || other.id === primary.id) throw badRequest("can't merge these records");
    const table = this.table(type);
    const atMs = this.#clock.now();
    const hasGap = this.#ids.random() < this.#times.mergeGapShare;
    const lists = mergedLists(primary, other, atMs, hasGap);
    for (const old of [primary, other]) table.forget(old);
    const id = this.#nextId(type);
    const merged: StoredObject = { type, id, properties: {}, createdMs: atMs, modifiedMs: atMs };
    table.put(merged);
    for (const old of [primary, other]) {
      old.mergedInto = id;
      old.indexed = undefined;
      this.associations.move(type, old.id, id);
    }
    const moved = Object.keys(other.properties).filter((name) => primary.properties[name] === undefined);
    this.#write(merged, { ...other.properties, ...primary.properties, ...lists });
    const otherIds = [other.id];
    this.#tell({
      type,
      id,
      atMs,
      source,
      action: "merged",
      primaryId: primary.id,
      otherIds,
      moved: moved.length,
    });
    return merged;
  }

  associate(from: StoredObject, to: StoredObject, source: WorldChange["source"] = "CRM_UI"): void {
    if (!this.associations.tie(from.type, from.id, to.type, to.id)) return;
    // An activity that is logged on a record moves the record's stamp.
    for (const [end, other] of [
      [from, to],
      [to, from],
    ] as const) {
      if (factsOf(other.type).activity && !factsOf(end.type).activity) this.#write(end, {});
    }
    const told = { toType: to.type, toId: to.id, removed: false };
    this.#tell({
      type: from.type,
      id: from.id,
      atMs: this.#clock.now(),
      source,
      action: "associated",
      ...told,
    });
  }

  #nextId(type: HubspotType): number {
    // Ids are unique in a type only; they begin at another place in each.
    return 100 * (hubspotTypes.findIndex((facts) => facts.type === type) + 5) + this.#ids.count(type);
  }

  #uniqueOwner(type: HubspotType, values: PropertyTexts): StoredObject | undefined {
    for (const [name, value] of Object.entries(values)) {
      if (value === "" || this.propertiesOf(type).get(name)?.hasUniqueValue !== true) continue;
      const owner = this.table(type).withUnique(name, value);
      if (owner !== undefined) return owner;
    }
    return undefined;
  }

  #write(object: StoredObject, values: PropertyTexts): void {
    const kept = Object.entries({ ...object.properties, ...values }).filter(([, value]) => value !== "");
    this.table(object.type).replace(object, Object.fromEntries(kept), this.propertiesOf(object.type));
    object.modifiedMs = this.#clock.now();
    this.#index(object);
    const bump = this.#times.selfBumpMs;
    if (bump === undefined) return;
    const atMs = object.modifiedMs + Math.round(bump[0] + (bump[1] - bump[0]) * this.#ids.random());
    this.#due.add(atMs, () => {
      if (object.modifiedMs > atMs || object.mergedInto !== undefined) return;
      object.modifiedMs = atMs;
      this.#index(object, atMs);
    });
  }

  /** Once the index has caught up, it knows the record as it is then. Some records take longer than others. */
  #index(object: StoredObject, fromMs: number = this.#clock.now()): void {
    const lagMs = this.#times.searchLagMs * (0.2 + 0.8 * this.#ids.random());
    this.#due.add(fromMs + lagMs, () => {
      const { properties, modifiedMs, mergedInto } = object;
      if (object.archivedMs !== undefined || mergedInto !== undefined) object.indexed = undefined;
      else object.indexed = { properties, modifiedMs };
    });
  }

  #tell(change: WorldChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** A property's value, as the API has it. */
  text(object: StoredObject, name: string): string | undefined {
    return propertyText(factsOf(object.type), object, object, name);
  }

  /** The record of an id as it stands. @throws HubspotRefusal 404 */
  standing(type: HubspotType, id: string): StoredObject {
    const object = this.find(type, Number(id));
    if (object === undefined || object.archivedMs !== undefined) throw notFound(type, id);
    return object;
  }
}

/** The two lists of what went into a record. Each may miss an id, and for contacts the other one has it. */
function mergedLists(
  primary: StoredObject,
  other: StoredObject,
  atMs: number,
  hasGap: boolean,
): PropertyTexts {
  const ids = [primary, other].flatMap(({ id, properties }) => [
    String(id),
    ...(properties["hs_merged_object_ids"]?.split(";") ?? []),
  ]);
  const hs_merged_object_ids = (hasGap ? ids.filter((id) => id !== String(other.id)) : ids).join(";");
  if (primary.type !== "contacts") return { hs_merged_object_ids };
  const stamped = hasGap ? ids.slice(1) : ids;
  return { hs_merged_object_ids, hs_calculated_merged_vids: stamped.map((id) => `${id}:${atMs}`).join(";") };
}
