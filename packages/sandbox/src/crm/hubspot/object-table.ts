import type { PropertyTexts } from "./check-values.js";
import type { HubspotType } from "./object-types.js";
import type { HubspotProperty } from "./property-catalogue.js";
import type { StoredObject } from "./stored-object.js";

/** The records of one type, by id and by the properties that keep them apart. */
export class ObjectTable {
  readonly type: HubspotType;
  readonly #byId = new Map<number, StoredObject>();
  /** Ascending, since ids are given in order. */
  readonly #ids: number[] = [];
  readonly #unique = new Map<string, Map<string, StoredObject>>();
  readonly archived = new Set<StoredObject>();

  constructor(type: HubspotType) {
    this.type = type;
  }

  put(object: StoredObject): void {
    this.#byId.set(object.id, object);
    this.#ids.push(object.id);
  }

  get(id: number): StoredObject | undefined {
    return this.#byId.get(id);
  }

  withUnique(property: string, value: string): StoredObject | undefined {
    return this.#unique.get(property)?.get(value);
  }

  /** Gives a record its new properties, and keeps the unique ones findable. */
  replace(
    object: StoredObject,
    properties: PropertyTexts,
    known: ReadonlyMap<string, HubspotProperty>,
  ): void {
    this.forget(object);
    this.archived.delete(object);
    object.properties = properties;
    for (const [name, value] of Object.entries(properties)) {
      if (known.get(name)?.hasUniqueValue !== true) continue;
      const values = this.#unique.get(name) ?? new Map<string, StoredObject>();
      this.#unique.set(name, values.set(value, object));
    }
  }

  /** The record's unique values are free again. */
  forget(object: StoredObject): void {
    for (const [name, values] of this.#unique) {
      const value = object.properties[name];
      if (value !== undefined && values.get(value) === object) values.delete(value);
    }
    if (object.archivedMs !== undefined) this.archived.add(object);
  }

  drop(object: StoredObject): void {
    this.forget(object);
    this.archived.delete(object);
    this.#byId.delete(object.id);
    const at = this.#placeAfter(object.id - 1);
    if (this.#ids[at] === object.id) this.#ids.splice(at, 1);
  }

  /** Records in the order of their ids, from the first one beyond `id`; those that were merged away are not there. */
  *after(id: number): Generator<StoredObject> {
    for (let at = this.#placeAfter(id); at < this.#ids.length; at++) {
      const object = this.#byId.get(this.#ids[at] ?? -1);
      if (object !== undefined && object.mergedInto === undefined) yield object;
    }
  }

  #placeAfter(id: number): number {
    let [low, high] = [0, this.#ids.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ids[middle] ?? 0) <= id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
