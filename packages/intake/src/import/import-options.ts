import type { ImportStore, LeadStore } from "@salesagent/ports";
import { type ReadLeadsOptions, type ResolvedReadOptions, resolveReadOptions } from "../read-options.js";
import type { ByteSource } from "../source/byte-source.js";
import type { RejectsSink } from "./rejects-sink.js";

/** The part of a tenant's storage that an import needs. Any `TenantStorage` is one. */
export interface ImportStorage {
  readonly imports: Pick<ImportStore, "get">;
  transaction<T>(
    work: (stores: ImportStores) => Promise<T>,
    call?: { readonly signal?: AbortSignal | undefined },
  ): Promise<T>;
}

export interface ImportStores {
  readonly leads: Pick<LeadStore, "insertMany">;
  readonly imports: Pick<ImportStore, "save">;
}

/** How a file of leads is imported. */
export interface ImportLeadsOptions extends ReadLeadsOptions {
  readonly source: ByteSource;
  /** One tenant's storage. */
  readonly storage: ImportStorage;
  /** Where rejected rows go. @defaultValue nowhere; they are still counted and told in events */
  readonly rejects?: RejectsSink | undefined;
  /** Rows stored in one transaction. Whole number, 1–10,000. @defaultValue 500 */
  readonly batchSize?: number | undefined;
  /** Whether to go on where an earlier import of the same file, read the same way, stopped. @defaultValue true */
  readonly resume?: boolean | undefined;
  /** Names an import whose source has no fingerprint. @defaultValue crypto.randomUUID */
  readonly createId?: (() => string) | undefined;
}

export interface ResolvedImportOptions {
  readonly read: ResolvedReadOptions;
  readonly storage: ImportStorage;
  readonly rejects: RejectsSink | undefined;
  readonly batchSize: number;
  readonly resume: boolean;
  readonly createId: () => string;
}

/** @throws TypeError or RangeError naming the option that is wrong. */
export function resolveImportOptions(options: ImportLeadsOptions): ResolvedImportOptions {
  const { storage, rejects, batchSize = 500, resume = true, createId = () => crypto.randomUUID() } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > 10_000) {
    throw new RangeError(`batchSize must be a whole number from 1 to 10,000, got ${batchSize}`);
  }
  return Object.freeze({
    read: resolveReadOptions(options.source, options),
    storage,
    rejects,
    batchSize,
    resume,
    createId,
  });
}
