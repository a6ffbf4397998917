import type { Clock } from "@salesagent/ports";
import { createSeededIds, type SeededIds } from "../shared/seeded-ids.js";
import { WorldClock } from "../shared/world-clock.js";
import { type CloseActor, type CloseDoc, type CloseType, PREFIXES } from "./close-doc.js";
import { type CloseEvent, CloseEventLog } from "./close-events.js";
import { CloseIndex } from "./close-index.js";
import { stampText } from "./close-query.js";
import { missing } from "./close-refusal.js";

/** How a world is set up. */
export interface CloseWorldOptions {
  readonly clock: Clock;
  readonly seed: string | number;
  readonly equalStamps: number;
  readonly indexLagMs: number;
  readonly consolidationMs: number;
  readonly onEvent: (event: CloseEvent) => void;
}

const INDEXED: ReadonlySet<CloseType> = new Set(["lead", "contact"]);

/** All objects of one organisation, what hangs on which lead, and the traces that changes leave. */
export class CloseWorld {
  readonly time: WorldClock;
  readonly ids: SeededIds;
  readonly organizationId: string;
  readonly userId: string;
  readonly index: CloseIndex;
  readonly log: CloseEventLog;
  readonly unsubscribed = new Map<string, string>();
  readonly #docs = new Map<string, { readonly type: CloseType; readonly doc: CloseDoc }>();
  readonly #byType = new Map<CloseType, Set<string>>();
  readonly #children = new Map<string, Set<string>>();
  /** All of a type, until one changes: long lists are asked for page by page. */
  readonly #listed = new Map<CloseType, readonly CloseDoc[]>();

  constructor({ clock, seed, equalStamps, indexLagMs, consolidationMs, onEvent }: CloseWorldOptions) {
    this.time = new WorldClock(clock, { equalStamps });
    this.ids = createSeededIds(seed);
    this.organizationId = `orga_${this.ids.text(43)}`;
    this.userId = `user_${this.ids.text(43)}`;
    this.index = new CloseIndex(this.time, this.ids, indexLagMs);
    this.log = new CloseEventLog({
      world: this.time,
      ids: this.ids,
      organizationId: this.organizationId,
      consolidationMs,
      onEvent,
    });
  }

  /** A stamp of now. */
  stamp(): string {
    return stampText(this.time.nextMicros());
  }

  find(type: CloseType, id: string): CloseDoc | undefined {
    const found = this.#docs.get(id);
    return found?.type === type ? found.doc : undefined;
  }

  /** @throws CloseRefusal 404. */
  need(type: CloseType, id: string): CloseDoc {
    const doc = this.find(type, id);
    if (doc === undefined) throw missing();
    return doc;
  }

  /** In the order in which they were made. */
  all(type: CloseType): readonly CloseDoc[] {
    const known = this.#listed.get(type);
    if (known !== undefined) return known;
    const docs = [...(this.#byType.get(type) ?? [])].flatMap((id) => this.find(type, id) ?? []);
    this.#listed.set(type, docs);
    return docs;
  }

  /** What hangs on a lead. */
  childrenOf(leadId: string, type: CloseType): CloseDoc[] {
    return [...(this.#children.get(leadId) ?? [])].flatMap((id) => this.find(type, id) ?? []);
  }

  insert(type: CloseType, fields: Readonly<Record<string, unknown>>, actor: CloseActor): CloseDoc {
    const id = `${PREFIXES[type]}${this.ids.text(43)}`;
    const at = this.stamp();
    const doc: CloseDoc = {
      ...fields,
      id,
      organization_id: this.organizationId,
      created_by: actor.userId,
      updated_by: actor.userId,
      date_created: at,
      date_updated: at,
    };
    this.#keep(type, doc);
    this.log.add({ type, id, leadId: leadOf(type, doc), action: "created", after: doc }, actor);
    if (type === "contact") this.#touchLead(leadOf(type, doc));
    return doc;
  }

  /** Changes fields; what is the same already leaves no trace but the new stamp. */
  patch(
    type: CloseType,
    id: string,
    changes: Readonly<Record<string, unknown>>,
    actor: CloseActor,
  ): CloseDoc {
    const before = this.need(type, id);
    const entries = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined);
    const after: CloseDoc = {
      ...Object.fromEntries(entries),
      id,
      date_created: before.date_created,
      date_updated: this.stamp(),
      updated_by: actor.userId,
    };
    this.#keep(type, after);
    this.log.add({ type, id, leadId: leadOf(type, after), action: "updated", before, after }, actor);
    if (type === "contact") this.#touchLead(leadOf(type, after));
    return after;
  }

  /** Removes an object, and with a lead all that hangs on it. */
  remove(type: CloseType, id: string, actor: CloseActor, meta?: Readonly<Record<string, unknown>>): void {
    const before = this.need(type, id);
    if (type === "lead") {
      for (const childId of [...(this.#children.get(id) ?? [])]) {
        const child = this.#docs.get(childId);
        if (child !== undefined) this.remove(child.type, childId, actor);
      }
      this.#children.delete(id);
    }
    this.#docs.delete(id);
    this.#byType.get(type)?.delete(id);
    this.#listed.delete(type);
    const leadId = leadOf(type, before);
    if (leadId !== null) this.#children.get(leadId)?.delete(id);
    if (INDEXED.has(type)) this.index.tell(type as "lead" | "contact", id, undefined);
    const event = { type, id, leadId, action: "deleted" as const, before };
    this.log.add(meta === undefined ? event : { ...event, meta }, actor);
    if (type === "contact") this.#touchLead(leadId);
  }

  /** Moves what hangs on one lead to another; the first is gone then. */
  mergeLeads(sourceId: string, destinationId: string, actor: CloseActor): void {
    this.need("lead", sourceId);
    const destination = this.need("lead", destinationId);
    const meta = { merge_source_lead_id: sourceId, merge_destination_lead_id: destinationId };
    for (const childId of [...(this.#children.get(sourceId) ?? [])]) {
      const child = this.#docs.get(childId);
      if (child === undefined) continue;
      this.#children.get(sourceId)?.delete(childId);
      this.#keep(child.type, { ...child.doc, lead_id: destinationId, date_updated: this.stamp() });
    }
    const merged = { type: "lead" as const, id: destinationId, leadId: destinationId, meta };
    this.log.add({ ...merged, action: "merged", after: destination }, actor);
    this.patch("lead", destinationId, {}, actor);
    this.remove("lead", sourceId, actor, meta);
  }

  /** A lead's stamp moves when a contact of it changes; its event log says nothing of it. */
  #touchLead(leadId: string | null): void {
    const lead = leadId === null ? undefined : this.find("lead", leadId);
    if (lead !== undefined) this.#keep("lead", { ...lead, date_updated: this.stamp() });
  }

  #keep(type: CloseType, doc: CloseDoc): void {
    this.#docs.set(doc.id, { type, doc });
    add(this.#byType, type, doc.id);
    this.#listed.delete(type);
    const leadId = leadOf(type, doc);
    if (leadId !== null && type !== "lead") add(this.#children, leadId, doc.id);
    if (INDEXED.has(type)) this.index.tell(type as "lead" | "contact", doc.id, doc);
  }
}

function add<Key>(sets: Map<Key, Set<string>>, key: Key, id: string): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([id]));
  else set.add(id);
}

function leadOf(type: CloseType, doc: CloseDoc): string | null {
  if (type === "lead") return doc.id;
  const { lead_id: leadId } = doc;
  return typeof leadId === "string" ? leadId : null;
}
