import type {
  CRMProvider,
  CrmCallOptions,
  CrmCapabilities,
  CrmChange,
  CrmChanges,
  CrmDraft,
  CrmFieldSchema,
  CrmFound,
  CrmHint,
  CrmKind,
  CrmKindSupport,
  CrmLookup,
  CrmPage,
  CrmRecord,
  CrmWebhookRequest,
  CrmWrite,
  CrmWritten,
  DependencyHealth,
} from "@salesagent/ports";
import { SalesAgentError } from "@salesagent/ports";
import type { CrmDoubleOptions } from "./crm-double-options.js";
import { kindOf, writeBatches } from "./double-batches.js";
import type { DoubleCalls } from "./double-calls.js";
import type { DoubleErrors } from "./double-errors.js";
import type { DoubleFeed } from "./double-feed.js";
import { truncatedPage, withoutEveryOther } from "./double-lies.js";
import { findRows } from "./double-lookup.js";
import { fieldSchema } from "./double-schema.js";
import type { DoubleState } from "./double-state.js";
import type { DoubleWebhooks } from "./double-webhooks.js";

/** What a double's provider stands on. */
export interface DoubleParts {
  readonly options: CrmDoubleOptions;
  readonly capabilities: CrmCapabilities;
  readonly state: DoubleState;
  readonly feed: DoubleFeed;
  readonly calls: DoubleCalls;
  readonly errors: DoubleErrors;
  readonly webhooks: DoubleWebhooks;
  now(): number;
}

/** A sound adapter of the double's CRM. */
export class DoubleProvider implements CRMProvider {
  readonly port = "crm-provider/1";
  readonly provider: string;
  readonly capabilities: CrmCapabilities;
  readonly #parts: DoubleParts;

  constructor(parts: DoubleParts) {
    this.#parts = parts;
    this.provider = parts.options.provider ?? "double";
    this.capabilities = parts.capabilities;
  }

  async *list<Kind extends CrmKind>(
    kind: Kind,
    from: { readonly cursor?: string | undefined } = {},
    options?: CrmCallOptions,
  ): AsyncGenerator<CrmPage<Kind>, void, undefined> {
    this.#require("list", kind);
    const { feed, calls, state } = this.#parts;
    for (let cursor = from.cursor; ; ) {
      const at = cursor;
      const page = await calls.run({ operation: "list", kind }, options, (fault): CrmPage<Kind> => {
        state.settle();
        const honest = feed.listPage(state.tables[kind], at);
        if (fault?.type === "truncated") return truncatedPage(honest);
        return fault?.type === "filtered" ? withoutEveryOther(honest) : honest;
      });
      yield page;
      if (page.complete) return;
      cursor = page.cursor;
    }
  }

  async *changes<Kind extends CrmKind>(
    kind: Kind,
    from: { readonly cursor: string } | { readonly since: string },
    options?: CrmCallOptions,
  ): AsyncGenerator<CrmChanges<Kind>, void, undefined> {
    this.#require("changes", kind);
    const { feed, calls, state } = this.#parts;
    for (let begin = from; ; ) {
      const at = begin;
      const page = await calls.run({ operation: "changes", kind }, options, () => {
        state.settle();
        return feed.changesPage(state.tables[kind], feed.position(state.tables[kind], at));
      });
      yield page;
      if (!page.more) return;
      begin = { cursor: page.cursor };
    }
  }

  async get<Kind extends CrmKind>(
    kind: Kind,
    id: string,
    options?: CrmCallOptions,
  ): Promise<CrmRecord<Kind> | undefined> {
    this.#support(kind, "get");
    return this.#parts.calls.run({ operation: "get", kind, id }, options, () => this.#read(kind, id));
  }

  async getMany<Kind extends CrmKind>(
    kind: Kind,
    ids: readonly string[],
    options?: CrmCallOptions,
  ): Promise<readonly (CrmRecord<Kind> | undefined)[]> {
    this.#support(kind, "getMany");
    return this.#parts.calls.run({ operation: "getMany", kind }, options, () =>
      ids.map((id) => this.#read(kind, id)),
    );
  }

  async lookup<Kind extends CrmKind>(
    what: CrmLookup<Kind>,
    options?: CrmCallOptions,
  ): Promise<CrmFound<Kind>> {
    const { kind } = what;
    const { lookup } = this.#support(kind, "lookup");
    const { calls, state, errors, now } = this.#parts;
    const asked = Object.entries(what).filter(([by, value]) => by !== "kind" && value !== undefined);
    if (asked.length === 0) throw new TypeError("lookup takes at least one of email, domain, phone, name, …");
    if (asked.some(([by]) => !lookup.some((key) => key.by === by)))
      throw errors.unsupported(`lookup by ${asked.map(([by]) => by).join(" and ")}`, kind);
    return calls.run({ operation: "lookup", kind }, options, () => {
      state.settle();
      const table = state.tables[kind];
      const keys = lookup.filter(({ by }) => what[by] !== undefined);
      return {
        records: findRows(table, keys, what, now()).map((row) => table.toRecord(row)),
        certain: keys.some(({ consistency }) => consistency === "strong"),
      };
    });
  }

  async create<Kind extends CrmKind>(
    draft: CrmDraft<Kind>,
    options?: CrmCallOptions,
  ): Promise<CrmRecord<Kind>> {
    this.#require("create", draft.kind);
    const call = { operation: "create", kind: draft.kind, draft } as const;
    return this.#parts.calls.run(call, options, () => this.#create(draft));
  }

  async update<Kind extends CrmKind>(
    change: CrmChange<Kind>,
    options?: CrmCallOptions,
  ): Promise<CrmRecord<Kind>> {
    this.#require("update", change.kind);
    const call = { operation: "update", kind: change.kind, id: change.id, change } as const;
    return this.#parts.calls.run(call, options, () => this.#update(change));
  }

  async remove(kind: CrmKind, id: string, options?: CrmCallOptions): Promise<void> {
    this.#require("remove", kind);
    await this.#parts.calls.run({ operation: "remove", kind, id }, options, () => this.#remove(kind, id));
  }

  async writeMany(writes: readonly CrmWrite[], options?: CrmCallOptions): Promise<readonly CrmWritten[]> {
    return writeBatches(this.#parts, writes, options, (write) => this.#writeOne(write));
  }

  async verifyWebhook(request: CrmWebhookRequest): Promise<readonly CrmHint[]> {
    if (this.capabilities.webhooks !== "signed") throw this.#parts.errors.unsupported("verifyWebhook");
    return this.#parts.webhooks.verify(request);
  }

  async schema(kind: CrmKind, options?: CrmCallOptions): Promise<readonly CrmFieldSchema[]> {
    const support = this.#support(kind, "schema");
    const custom = this.#parts.options.customFields?.[kind] ?? ["tier"];
    return this.#parts.calls.run({ operation: "schema", kind }, options, () => fieldSchema(support, custom));
  }

  async health(options?: CrmCallOptions): Promise<readonly DependencyHealth[]> {
    try {
      await this.#parts.calls.run({ operation: "health" }, options, () => undefined);
      return [{ name: this.provider, status: "ok" }];
    } catch (error) {
      if (!SalesAgentError.is(error)) throw error;
      return [{ name: this.provider, status: "down", note: error.message }];
    }
  }

  #support(kind: CrmKind, operation: string): CrmKindSupport {
    const support = this.capabilities.kinds[kind];
    if (support === undefined) throw this.#parts.errors.unsupported(operation, kind);
    return support;
  }

  #require(operation: "create" | "update" | "remove" | "list" | "changes", kind: CrmKind): void {
    if (!this.#support(kind, operation)[operation]) throw this.#parts.errors.unsupported(operation, kind);
  }

  #read<Kind extends CrmKind>(kind: Kind, id: string): CrmRecord<Kind> | undefined {
    const { state } = this.#parts;
    state.settle();
    const row = state.tables[kind].resolve(id);
    return row && state.tables[kind].toRecord(row);
  }

  #create<Kind extends CrmKind>(draft: CrmDraft<Kind>): CrmRecord<Kind> {
    const { state, calls } = this.#parts;
    state.settle();
    calls.note("create", draft.kind, this.#sent(draft.kind, draft));
    const table = state.tables[draft.kind];
    return table.toRecord(table.create(draft));
  }

  #update<Kind extends CrmKind>(change: CrmChange<Kind>): CrmRecord<Kind> {
    const { state, calls } = this.#parts;
    state.settle();
    calls.note("update", change.kind, this.#sent(change.kind, change));
    const table = state.tables[change.kind];
    return table.toRecord(table.update(change));
  }

  #remove(kind: CrmKind, id: string): void {
    const { state, calls } = this.#parts;
    state.settle();
    calls.note("remove", kind, []);
    state.remove(kind, id);
  }

  /** What of a write is sent: what the CRM has no field for is left out. */
  #sent(kind: CrmKind, write: Pick<CrmDraft, "custom" | "links"> & { readonly fields?: object }) {
    const { fields, readOnlyFields = [] } = this.#support(kind, "write");
    const known = Object.entries(write.fields ?? {})
      .filter(
        ([name, value]) => value !== undefined && fields.includes(name) && !readOnlyFields.includes(name),
      )
      .map(([name]) => name);
    const links = Object.keys(write.links ?? {}).map((other) => `links.${other}`);
    return [...known, ...Object.keys(write.custom ?? {}), ...links];
  }

  #writeOne(write: CrmWrite): CrmRecord | undefined {
    this.#require(write.op, kindOf(write));
    if (write.op === "create") return this.#create(write.draft);
    if (write.op === "update") return this.#update(write.change);
    this.#remove(write.kind, write.id);
    return undefined;
  }
}
