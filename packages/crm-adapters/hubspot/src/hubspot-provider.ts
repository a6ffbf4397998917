import type { ServiceClient } from "@salesagent/core/http";
import {
  type CallOptions,
  type CRMProvider,
  type CrmCallOptions,
  type CrmCapabilities,
  type CrmChange,
  type CrmChanges,
  type CrmDraft,
  type CrmFieldSchema,
  type CrmFound,
  type CrmHint,
  type CrmKind,
  type CrmLookup,
  type CrmPage,
  type CrmRecord,
  type CrmWebhookRequest,
  type CrmWrite,
  type CrmWritten,
  type DependencyHealth,
  SalesAgentError,
} from "@salesagent/ports";
import { changedRecords } from "./change-feed.js";
import { unsupportedError } from "./crm-errors.js";
import { findRecords } from "./find-records.js";
import { capabilitiesOf } from "./hubspot-capabilities.js";
import type { ResolvedHubspot } from "./hubspot-options.js";
import { isJournalCursor, journalCursorTime, journalRecords } from "./journal-feed.js";
import { listRecords } from "./list-records.js";
import { type ObjectCalls, passed } from "./object-calls.js";
import { TYPES_OF_KIND } from "./object-types.js";
import { readRecord, readRecords } from "./read-records.js";
import { readSchema } from "./read-schema.js";
import { verifyRequest } from "./verify-request.js";
import { malformedBody, webhookHints } from "./webhook-hints.js";
import { writeRows } from "./write-many.js";
import { createRecord, removeRecord, updateRecord } from "./write-records.js";

/** HubSpot as a CRM. */
export class HubspotProvider implements CRMProvider {
  readonly port = "crm-provider/1";
  readonly provider = "hubspot";
  readonly capabilities: CrmCapabilities;
  readonly #calls: ObjectCalls;
  readonly #options: ResolvedHubspot;
  readonly #journal: ServiceClient | undefined;

  constructor(calls: ObjectCalls, options: ResolvedHubspot, journal: ServiceClient | undefined) {
    this.#calls = calls;
    this.#options = options;
    this.#journal = journal;
    this.capabilities = capabilitiesOf(calls.map, options);
  }

  async *list<Kind extends CrmKind>(
    kind: Kind,
    from: { readonly cursor?: string | undefined } = {},
    call?: CrmCallOptions,
  ): AsyncGenerator<CrmPage<Kind>, void, undefined> {
    this.#check(kind, "list", call);
    yield* listRecords(this.#calls, kind, from.cursor, call);
  }

  async *changes<Kind extends CrmKind>(
    kind: Kind,
    from: { readonly cursor: string } | { readonly since: string },
    call?: CrmCallOptions,
  ): AsyncGenerator<CrmChanges<Kind>, void, undefined> {
    this.#check(kind, "changes", call);
    const { clock, changes, journal } = this.#options;
    const isJournal = "cursor" in from ? isJournalCursor(kind, from.cursor) : journal !== undefined;
    if (!isJournal) {
      yield* changedRecords({ calls: this.#calls, clock, options: changes }, kind, from, call);
      return;
    }
    if (journal !== undefined && this.#journal !== undefined) {
      const parts = { calls: this.#calls, client: this.#journal, options: journal };
      if (yield* journalRecords(parts, kind, from, call)) return;
    }
    // The journal has lost the place, or is no longer used: searches go on from its time.
    const since = "cursor" in from ? journalCursorTime(kind, from.cursor) : from.since;
    yield* changedRecords({ calls: this.#calls, clock, options: changes }, kind, { since }, call);
  }

  async get<Kind extends CrmKind>(
    kind: Kind,
    id: string,
    call?: CrmCallOptions,
  ): Promise<CrmRecord<Kind> | undefined> {
    this.#check(kind, "get", call);
    return readRecord(this.#calls, kind, id, call);
  }

  async getMany<Kind extends CrmKind>(
    kind: Kind,
    ids: readonly string[],
    call?: CrmCallOptions,
  ): Promise<readonly (CrmRecord<Kind> | undefined)[]> {
    this.#check(kind, "getMany", call);
    return ids.length === 0 ? [] : readRecords(this.#calls, kind, ids, call);
  }

  async lookup<Kind extends CrmKind>(what: CrmLookup<Kind>, call?: CrmCallOptions): Promise<CrmFound<Kind>> {
    this.#check(what.kind, "lookup", call);
    const { externalIdProperty } = this.#options;
    return findRecords({ calls: this.#calls, externalIdProperty }, what, call);
  }

  async create<Kind extends CrmKind>(draft: CrmDraft<Kind>, call?: CrmCallOptions): Promise<CrmRecord<Kind>> {
    this.#check(draft.kind, "create", call);
    return createRecord(this.#calls, draft, this.#options.clock.now(), call);
  }

  async update<Kind extends CrmKind>(
    change: CrmChange<Kind>,
    call?: CrmCallOptions,
  ): Promise<CrmRecord<Kind>> {
    this.#check(change.kind, "update", call);
    return updateRecord(this.#calls, change, call);
  }

  async remove(kind: CrmKind, id: string, call?: CrmCallOptions): Promise<void> {
    this.#check(kind, "remove", call);
    await removeRecord(this.#calls, kind, id, call);
  }

  async writeMany(writes: readonly CrmWrite[], call?: CrmCallOptions): Promise<readonly CrmWritten[]> {
    call?.signal?.throwIfAborted();
    return writeRows(this.#calls, writes, this.#options.clock.now(), call);
  }

  async verifyWebhook(request: CrmWebhookRequest): Promise<readonly CrmHint[]> {
    const { webhook, clock } = this.#options;
    if (webhook === undefined) throw unsupportedError("verifyWebhook without the option webhook.secret");
    await verifyRequest(request, webhook, clock.now());
    const text = new TextDecoder().decode(request.rawBody);
    return webhookHints(parsedBody(text), webhook.portalId);
  }

  async schema(kind: CrmKind, call?: CrmCallOptions): Promise<readonly CrmFieldSchema[]> {
    this.#check(kind, "schema", call);
    return readSchema(this.#calls, kind, call);
  }

  async health(call?: CallOptions): Promise<readonly DependencyHealth[]> {
    const { clock } = this.#options;
    const startMs = clock.elapsed();
    const name = "hubspot";
    try {
      const query = { limit: 1 };
      await this.#calls.client.get(this.#calls.paths.objects("contacts"), {
        ...passed(call),
        group: "general",
        query,
      });
      return [{ name, status: "ok", latencyMs: clock.elapsed() - startMs }];
    } catch (error) {
      if (!SalesAgentError.is(error)) throw error;
      // A limit that is reached passes; all else does not by itself.
      const isBusy = error.code === "service.rate_limited" || error.code === "service.quota_exhausted";
      const status = isBusy ? "degraded" : "down";
      return [{ name, status, note: error.message, latencyMs: clock.elapsed() - startMs }];
    }
  }

  #check(kind: CrmKind, operation: string, call: CallOptions | undefined): void {
    call?.signal?.throwIfAborted();
    if (!Object.hasOwn(TYPES_OF_KIND, kind)) throw unsupportedError(`${operation} of ${String(kind)}`);
  }
}

function parsedBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformedBody();
  }
}
