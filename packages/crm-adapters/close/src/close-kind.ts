import type {
  CrmCallOptions,
  CrmChange,
  CrmChanges,
  CrmDraft,
  CrmFieldSchema,
  CrmFound,
  CrmKind,
  CrmKindSupport,
  CrmLookup,
  CrmPage,
  CrmRecord,
} from "@salesagent/ports";

/** What the adapter does with one kind of record. */
export interface CloseKind<Kind extends CrmKind> {
  readonly support: CrmKindSupport;
  get(id: string, call: CrmCallOptions | undefined): Promise<CrmRecord<Kind> | undefined>;
  create(draft: CrmDraft<Kind>, call: CrmCallOptions | undefined): Promise<CrmRecord<Kind>>;
  update(change: CrmChange<Kind>, call: CrmCallOptions | undefined): Promise<CrmRecord<Kind>>;
  remove(id: string, call: CrmCallOptions | undefined): Promise<void>;
  lookup(what: CrmLookup<Kind>, call: CrmCallOptions | undefined): Promise<CrmFound<Kind>>;
  list(cursor: string | undefined, call: CrmCallOptions | undefined): AsyncIterable<CrmPage<Kind>>;
  changes(
    from: { readonly cursor: string } | { readonly since: string },
    call: CrmCallOptions | undefined,
  ): AsyncIterable<CrmChanges<Kind>>;
  schema(call: CrmCallOptions | undefined): Promise<readonly CrmFieldSchema[]>;
}
