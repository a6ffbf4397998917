import type { ServiceAnswer, ServiceCallOptions, ServiceClient } from "@salesagent/core/http";
import type { CrmCallOptions, CrmKind } from "@salesagent/ports";
import type { FieldMap } from "./field-map.js";
import type { HubspotPaths } from "./hubspot-paths.js";
import { LINKED_TYPE, OBJECT_TYPES, type ObjectType } from "./object-types.js";
import { fieldsOf, isFields, listOf, textOf, textsOf } from "./read-json.js";
import { type HubspotObject, toObject } from "./to-record.js";

/** Some objects, and where the next ones begin. */
export interface ObjectPage {
  readonly objects: readonly HubspotObject[];
  readonly next: string | undefined;
  /** HubSpot's time as it answered, in milliseconds, where it told. */
  readonly answeredMs: number | undefined;
}

/** One condition of a search. */
export interface SearchFilter {
  readonly propertyName: string;
  readonly operator: "EQ" | "GT" | "GTE" | "LTE";
  readonly value: string;
}

/** HubSpot takes no longer addresses; this leaves room for host, path and the other parts. */
const MAX_QUERY_CHARS = 15_000;
const LIST_LIMIT = 100;
export const SEARCH_LIMIT = 200;
/** A search tells no more than so many results, however it's asked. */
const SEARCH_CEILING = 10_000;
export const BATCH_LIMIT = 100;

/** What an HTTP call takes of a CRM call. */
export function passed(call: CrmCallOptions | undefined): Pick<ServiceCallOptions, "signal" | "priority"> {
  return { signal: call?.signal, priority: call?.priority };
}

/** The calls that read objects. */
export class ObjectCalls {
  readonly client: ServiceClient;
  readonly paths: HubspotPaths;
  readonly map: FieldMap;

  constructor(client: ServiceClient, paths: HubspotPaths, map: FieldMap) {
    this.client = client;
    this.paths = paths;
    this.map = map;
  }

  /** A page of the plain list, which goes by id and knows no ceiling. */
  async list(
    type: ObjectType,
    from: { readonly after?: string | undefined; readonly archived?: boolean },
    call?: CrmCallOptions,
  ): Promise<ObjectPage> {
    const archived = from.archived === true;
    const properties = archived ? OBJECT_TYPES[type].stamp : this.#properties(type);
    const answer = await this.client.get(this.paths.objects(type), {
      ...passed(call),
      group: "general",
      query: {
        limit: LIST_LIMIT,
        after: from.after,
        properties,
        ...(archived ? { archived: true } : { associations: associationsOf(type) }),
      },
    });
    const page = pageOf(type, answer);
    if (archived || properties !== undefined) return page;
    const ids = page.objects.map(({ id }) => id);
    return { ...page, objects: ids.length === 0 ? [] : (await this.batchRead(type, ids, call)).objects };
  }

  /** One object, by its id or by another unique property. An id that was merged away leads to what it went into. */
  async get(
    type: ObjectType,
    id: string,
    call?: CrmCallOptions,
    idProperty?: string,
  ): Promise<HubspotObject | undefined> {
    const properties = this.#properties(type);
    const answer = await this.client.get(this.paths.object(type, id), {
      ...passed(call),
      group: "general",
      query: { properties, associations: associationsOf(type), idProperty },
      passStatuses: [404],
    });
    if (answer.status === 404) return undefined;
    const body = answer.body();
    const object = isFields(body) ? toObject(type, body) : undefined;
    if (object === undefined || properties !== undefined) return object;
    return (await this.batchRead(type, [object.id], call)).objects[0];
  }

  /** Objects by their ids, a hundred at most, in HubSpot's own order, and the ids that it has nothing under. */
  async batchRead(
    type: ObjectType,
    ids: readonly string[],
    call?: CrmCallOptions,
  ): Promise<{ readonly objects: readonly HubspotObject[]; readonly missing: ReadonlySet<string> }> {
    const answer = await this.client.post(this.paths.batch(type, "read"), {
      ...passed(call),
      group: "general",
      replay: "safe",
      json: { inputs: ids.map((id) => ({ id })), properties: this.map.propertiesOf(type) },
    });
    const errors = listOf(answer.body(), "errors");
    const missing = errors.flatMap((error) => textsOf(fieldsOf(error, "context")["ids"]));
    return { objects: pageOf(type, answer).objects, missing: new Set(missing) };
  }

  /** Matches beyond an id, in the order of their ids. */
  async search(
    type: ObjectType,
    filters: readonly SearchFilter[],
    lastId: string,
    call?: CrmCallOptions,
  ): Promise<ObjectPage> {
    const all = [...filters, { propertyName: "hs_object_id", operator: "GT", value: lastId }];
    let answeredMs: number | undefined;
    // A page may be empty though more follows: what is gone is counted, and not shown.
    for (let after = "0"; ; ) {
      const answer = await this.client.post(this.paths.search(type), {
        ...passed(call),
        group: "search",
        replay: "safe",
        json: {
          filterGroups: [{ filters: all }],
          sorts: [{ propertyName: "hs_object_id", direction: "ASCENDING" }],
          properties: this.map.propertiesOf(type),
          limit: SEARCH_LIMIT,
          after,
        },
      });
      const page = pageOf(type, answer);
      answeredMs ??= page.answeredMs;
      const isOver = page.next === undefined || Number(page.next) + SEARCH_LIMIT > SEARCH_CEILING;
      if (page.objects.length > 0 || isOver) return { ...page, answeredMs };
      after = page.next ?? after;
    }
  }

  /** The ids that objects are tied to, by their own; the primary one first. */
  async associations(
    from: ObjectType,
    ids: readonly string[],
    to: ObjectType,
    call?: CrmCallOptions,
  ): Promise<ReadonlyMap<string, readonly string[]>> {
    const ties = new Map<string, { readonly id: string; readonly rank: number }[]>();
    let inputs: { readonly id: string; readonly after?: string }[] = ids.map((id) => ({ id }));
    while (inputs.length > 0) {
      const answer = await this.client.post(this.paths.associations(from, to, "read"), {
        ...passed(call),
        group: "general",
        replay: "safe",
        json: { inputs },
      });
      inputs = [];
      for (const result of listOf(answer.body(), "results")) {
        const id = textOf(fieldsOf(result, "from")["id"]);
        if (id === undefined) continue;
        const ends = listOf(result, "to").flatMap((end) => {
          const toId = textOf(end["toObjectId"]);
          return toId === undefined ? [] : [{ id: toId, rank: isPrimary(end) ? 0 : 1 }];
        });
        ties.set(id, [...(ties.get(id) ?? []), ...ends]);
        const after = textOf(fieldsOf(fieldsOf(result, "paging"), "next")["after"]);
        if (after !== undefined) inputs.push({ id, after });
      }
    }
    return new Map([...ties].map(([id, ends]) => [id, ranked(ends)]));
  }

  /** The properties of a query; undefined where they would make the address too long. */
  #properties(type: ObjectType): string | undefined {
    const names = this.map.propertiesOf(type).join(",");
    return encodeURIComponent(names).length > MAX_QUERY_CHARS ? undefined : names;
  }
}

function pageOf(type: ObjectType, answer: ServiceAnswer): ObjectPage {
  const body = answer.body();
  const answeredMs = Date.parse(answer.headers.get("date") ?? "");
  return {
    objects: listOf(body, "results").flatMap((raw) => toObject(type, raw) ?? []),
    next: textOf(fieldsOf(fieldsOf(body, "paging"), "next")["after"]),
    answeredMs: Number.isNaN(answeredMs) ? undefined : answeredMs,
  };
}

function associationsOf(type: ObjectType): string | undefined {
  const kinds = Object.keys(OBJECT_TYPES[type].links) as CrmKind[];
  return kinds.length === 0 ? undefined : kinds.map((kind) => LINKED_TYPE[kind]).join(",");
}

const PRIMARY_TYPE_IDS = new Set(["1", "5"]);

const isPrimary = (end: Readonly<Record<string, unknown>>) =>
  listOf(end, "associationTypes").some((type) => PRIMARY_TYPE_IDS.has(textOf(type["typeId"]) ?? ""));

/** Ids in the order of their ranks, each once. */
export function ranked(ends: readonly { readonly id: string; readonly rank: number }[]): readonly string[] {
  return [...new Set([...ends].sort((a, b) => a.rank - b.rank).map(({ id }) => id))];
}
