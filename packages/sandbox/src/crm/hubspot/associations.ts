import { associationTypeId, type HubspotType, primaryTypeId } from "./object-types.js";

/** One end of an association, seen from the other. */
export interface AssociatedObject {
  readonly toId: number;
  readonly typeIds: readonly number[];
}

/** Which records hang together. Each association has two ends; the first company of a record is its primary one. */
export class Associations {
  readonly #ends = new Map<string, Map<number, Map<number, Set<number>>>>();

  /** Ties two records, if they are not tied. */
  tie(fromType: HubspotType, fromId: number, toType: HubspotType, toId: number): boolean {
    const isNew = !this.of(fromType, fromId, toType).some((end) => end.toId === toId);
    this.#add(fromType, fromId, toType, toId);
    this.#add(toType, toId, fromType, fromId);
    return isNew;
  }

  untie(fromType: HubspotType, fromId: number, toType: HubspotType, toId: number): void {
    this.#ends.get(`${fromType}>${toType}`)?.get(fromId)?.delete(toId);
    this.#ends.get(`${toType}>${fromType}`)?.get(toId)?.delete(fromId);
  }

  /** What a record is tied to, oldest first. */
  of(fromType: HubspotType, fromId: number, toType: HubspotType): readonly AssociatedObject[] {
    const ends = this.#ends.get(`${fromType}>${toType}`)?.get(fromId);
    return [...(ends ?? [])].map(([toId, typeIds]) => ({ toId, typeIds: [...typeIds] }));
  }

  /** All that was tied to one record is tied to another. */
  move(type: HubspotType, fromId: number, toId: number): void {
    for (const [key, byId] of this.#ends) {
      const [from, to] = key.split(">") as [HubspotType, HubspotType];
      if (from !== type) continue;
      for (const otherId of [...(byId.get(fromId)?.keys() ?? [])]) {
        this.untie(type, fromId, to, otherId);
        this.tie(type, toId, to, otherId);
      }
    }
  }

  #add(from: HubspotType, fromId: number, to: HubspotType, toId: number): void {
    const key = `${from}>${to}`;
    const byId = this.#ends.get(key) ?? new Map<number, Map<number, Set<number>>>();
    this.#ends.set(key, byId);
    const ends = byId.get(fromId) ?? new Map<number, Set<number>>();
    byId.set(fromId, ends);
    const primary = ends.size === 0 ? primaryTypeId(from, to) : undefined;
    const typeIds = ends.get(toId) ?? new Set(primary === undefined ? [] : [primary]);
    ends.set(toId, typeIds.add(associationTypeId(from, to)));
  }
}
