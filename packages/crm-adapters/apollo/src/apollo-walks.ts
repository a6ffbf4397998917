import type { ServiceClient } from "@salesagent/core/http";
import type { CrmCallOptions, CrmChanges, CrmKind, CrmPage, CrmRecord } from "@salesagent/ports";
import type { CrmSettings } from "./apollo-options.js";
import { type ApolloRecords, RESOURCES } from "./apollo-records.js";
import { backWalk } from "./back-walk.js";
import { unsupported } from "./crm-errors.js";
import type { ApolloKind } from "./from-record.js";
import { compareInstants, instantOf } from "./instant.js";
import { searchPages } from "./search-page.js";
import { steadyWalk } from "./steady-walk.js";
import { readCursor, writeCursor } from "./walk-cursor.js";
import type { Wire } from "./wire.js";

/** What walks stand on. */
export interface WalkMeans {
  readonly client: ServiceClient;
  readonly records: ApolloRecords;
  readonly settings: CrmSettings;
}

/** All records of a kind. */
export async function* listRecords<Kind extends CrmKind>(
  means: WalkMeans,
  kind: Kind,
  from: string | undefined,
  call: CrmCallOptions | undefined,
): AsyncGenerator<CrmPage<Kind>, void, void> {
  const apolloKind = means.records.kindOf("list", kind);
  const cursor = from === undefined ? {} : readCursor(from);
  const pages = pagesOf(means, apolloKind, call);
  if (apolloKind === "deal") {
    for await (const { rows, page, total } of steadyWalk(kind, pages, cursor.page)) {
      yield {
        records: read(means, kind, rows),
        cursor: writeCursor({ page: page ?? 1 }),
        complete: page === undefined,
        ...(total === undefined ? {} : { total }),
      };
    }
    return;
  }
  for await (const { rows, place, total, top } of backWalk({
    kind,
    pages,
    isWanted: () => true,
    from: cursor.place,
  })) {
    yield {
      records: read(means, kind, rows),
      cursor: writeCursor(place === undefined ? { place: { page: 1, top, down: top } } : { place }),
      complete: place === undefined,
      ...(total === undefined ? {} : { total }),
    };
  }
}

/** Contacts that changed, the last one first. */
export async function* changedRecords<Kind extends CrmKind>(
  means: WalkMeans,
  kind: Kind,
  from: { readonly cursor: string } | { readonly since: string },
  call: CrmCallOptions | undefined,
): AsyncGenerator<CrmChanges<Kind>, void, void> {
  if (means.records.kindOf("changes", kind) !== "contact") {
    throw unsupported("changes", kind, "Walk over all of them with list, and compare.");
  }
  const { after, place } =
    "cursor" in from ? changesCursor(from.cursor) : { after: from.since, place: undefined };
  const bound = boundOf(after, means.settings.overlapMs);
  const isWanted = (updatedAt: string) => (instantOf(updatedAt) ?? bound) >= bound;
  const pages = pagesOf(means, "contact", call);
  for await (const { rows, place: next, top } of backWalk({ kind, pages, isWanted, from: place })) {
    const isOver = next === undefined;
    yield {
      records: read(means, kind, rows),
      removed: [],
      // nothing older may be skipped before the walk has come to its end
      cursor: isOver ? writeCursor({ after: later(after, top) }) : writeCursor({ after, place: next }),
      more: !isOver,
    };
  }
}

function pagesOf({ client, settings }: WalkMeans, kind: ApolloKind, call: CrmCallOptions | undefined) {
  const { pageSize, filter } = settings;
  const search = { client, resource: RESOURCES[kind].path, pageSize, call };
  // deals can't be had by their last change
  if (kind === "deal") return searchPages(search);
  if (kind === "company") return searchPages({ ...search, sortBy: "account_updated_at" });
  return searchPages({ ...search, filter, sortBy: "contact_updated_at" });
}

function read<Kind extends CrmKind>(
  { records }: WalkMeans,
  kind: Kind,
  rows: readonly Wire[],
): readonly CrmRecord<Kind>[] {
  return rows.flatMap((wire) => records.read(kind, wire) ?? []);
}

/** @throws TypeError for a time that is none. */
function boundOf(after: string, overlapMs: number): bigint {
  const instant = instantOf(after);
  if (instant === undefined) {
    throw new TypeError(
      "apollo: changes need a time since when, ISO 8601 in UTC, such as 2026-11-01T00:00:00Z",
    );
  }
  return instant - BigInt(overlapMs) * 1_000_000n;
}

function changesCursor(text: string) {
  const { after, place } = readCursor(text);
  if (after === undefined) throw new TypeError("apollo: this cursor is of another walk; begin with since");
  return { after, place };
}

const later = (a: string, b: string) => (compareInstants(a, b) >= 0 ? a : b);
