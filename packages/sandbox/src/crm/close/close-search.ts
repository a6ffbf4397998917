import { isRecord } from "../shared/json-answer.js";
import type { SeededIds } from "../shared/seeded-ids.js";
import type { WorldClock } from "../shared/world-clock.js";
import { pickFields } from "./close-doc.js";
import type { CloseIndex, SearchedType, SortedDocs } from "./close-index.js";
import {
  askedType,
  fieldNameOf,
  firstAt,
  lowerBound,
  type Predicate,
  type QueryContext,
  readQuery,
} from "./close-query.js";
import { plainRefusal } from "./close-refusal.js";

/** A walk that a cursor goes on with. */
interface Walk {
  readonly type: SearchedType;
  readonly docs: SortedDocs;
  readonly matches: Predicate;
  readonly step: 1 | -1;
  readonly most: number;
  at: number;
  given: number;
  aliveUntilMs: number;
}

/** How long a cursor lives, in milliseconds. */
const CURSOR_LIFE_MS = 30_000;
/** How many objects one walk gives. */
const WALK_LIMIT = 10_000;
/** The largest page. */
const SEARCH_PAGE_LIMIT = 200;

/** What searching stands on. */
export interface SearchOptions {
  readonly index: CloseIndex;
  readonly world: WorldClock;
  readonly ids: SeededIds;
  readonly related: QueryContext["related"];
  readonly render: (
    type: SearchedType,
    doc: Readonly<Record<string, unknown>>,
  ) => Readonly<Record<string, unknown>>;
}

/** `POST /data/search/`. */
export class CloseSearch {
  readonly #options: SearchOptions;
  readonly #walks = new Map<string, Walk>();

  constructor(options: SearchOptions) {
    this.#options = options;
  }

  /** @throws CloseRefusal for a query that can't be read, a page too large and a cursor that is dead. */
  answer(body: Record<string, unknown>): Record<string, unknown> {
    const limit = body["_limit"] ?? 100;
    if (typeof limit !== "number" || !Number.isInteger(limit) || limit < 0 || limit > SEARCH_PAGE_LIMIT) {
      throw plainRefusal(`_limit: must be 0 to ${SEARCH_PAGE_LIMIT}`);
    }
    const { cursor } = body;
    const walk = typeof cursor === "string" ? this.#resume(cursor) : this.#begin(body);
    const data: unknown[] = [];
    const fields = isRecord(body["_fields"]) ? body["_fields"][walk.type] : undefined;
    const asked = Array.isArray(fields) ? fields.map(String) : undefined;
    const count = body["include_counts"] === true ? this.#count(walk) : undefined;
    while (data.length < limit && walk.given < walk.most) {
      const doc = walk.docs[walk.at];
      if (doc === undefined) break;
      walk.at += walk.step;
      if (!walk.matches(doc, walk.type)) continue;
      const rendered = asked === undefined ? { id: doc.id } : this.#options.render(walk.type, doc);
      data.push({ __object_type: walk.type, ...pickFields(rendered, asked) });
      walk.given += 1;
    }
    return { data, cursor: this.#cursorOf(walk), ...(count === undefined ? {} : { count }) };
  }

  #begin(body: Record<string, unknown>): Walk {
    const { index, world, related } = this.#options;
    const { query, results_limit: most } = body;
    const nowMicros = world.nowMicros();
    const type = askedType(query) ?? "lead";
    const { field, step } = readSort(body["sort"]);
    const docs = index.sorted(type, field);
    const from = step === 1 ? lowerBound(query, field, nowMicros) : undefined;
    return {
      type,
      docs,
      step,
      matches: readQuery(query, { nowMicros, related }),
      most: typeof most === "number" ? Math.min(most, WALK_LIMIT) : WALK_LIMIT,
      at: step === -1 ? docs.length - 1 : from === undefined ? 0 : firstAt(docs, field, from),
      given: 0,
      aliveUntilMs: world.nowMs() + CURSOR_LIFE_MS,
    };
  }

  #resume(cursor: string): Walk {
    const walk = this.#walks.get(cursor);
    this.#walks.delete(cursor);
    if (walk === undefined || this.#options.world.nowMs() > walk.aliveUntilMs) {
      throw plainRefusal("cursor: expired or unknown");
    }
    return walk;
  }

  /** None when nothing comes any more, and none when a walk has given all that it may. */
  #cursorOf(walk: Walk): string | null {
    if (walk.given >= walk.most) return null;
    for (let at = walk.at; walk.docs[at] !== undefined; at += walk.step) {
      const doc = walk.docs[at];
      if (doc === undefined || !walk.matches(doc, walk.type)) continue;
      walk.at = at;
      walk.aliveUntilMs = this.#options.world.nowMs() + CURSOR_LIFE_MS;
      const cursor = this.#options.ids.text(32);
      this.#walks.set(cursor, walk);
      return cursor;
    }
    return null;
  }

  #count({ docs, matches, type, at, step, most }: Walk): { limited: number; total: number } {
    let total = 0;
    for (let place = at; docs[place] !== undefined; place += step) {
      const doc = docs[place];
      if (doc !== undefined && matches(doc, type)) total += 1;
    }
    return { limited: Math.min(total, most), total };
  }
}

function readSort(sort: unknown): { readonly field: string; readonly step: 1 | -1 } {
  const first: unknown = Array.isArray(sort) ? sort[0] : undefined;
  if (!isRecord(first) || !isRecord(first["field"])) return { field: "date_updated", step: -1 };
  const field = fieldNameOf(first["field"]);
  if (field.endsWith("_id") || field === "id") throw plainRefusal(`sort: ${field} can't be sorted by`);
  return { field, step: first["direction"] === "desc" ? -1 : 1 };
}
