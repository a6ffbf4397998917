import {
  type Clock,
  type CRMProvider,
  createSortableIds,
  type RecordKind,
  systemClock,
  type TenantStorage,
} from "@salesagent/ports";
import { checkMapping } from "./check-mapping.js";
import { type FieldRules, resolveRules, type SyncDirection } from "./default-rules.js";
import { KIND_ORDER, type SyncContext, type SyncEvent, type SyncLimits } from "./sync-context.js";

/** What a sync of one connection is made of. */
export interface SyncContextOptions {
  /** The CRM's name in the app, such as `close`; 1–200 characters. */
  readonly connection: string;
  readonly provider: CRMProvider;
  readonly storage: TenantStorage;
  /** @defaultValue all that the CRM has */
  readonly kinds?: readonly RecordKind[] | undefined;
  /** @defaultValue "both" */
  readonly direction?: SyncDirection | undefined;
  /** What differs from {@link defaultRules}: `custom.x` for fields of the host's own, `links.company` for what a record hangs on. */
  readonly fields?: { readonly [Kind in RecordKind]?: FieldRules } | undefined;
  /** How far the clocks of the two sides may be apart, in milliseconds. @defaultValue 60,000 */
  readonly toleranceMs?: number | undefined;
  readonly limits?: Partial<SyncLimits> | undefined;
  /** @defaultValue the machine's clock */
  readonly clock?: Clock | undefined;
  /** Numbers in [0, 1). @defaultValue Math.random */
  readonly random?: (() => number) | undefined;
  /** @defaultValue UUIDs of version 7, which sort by time */
  readonly createId?: (() => string) | undefined;
  readonly runId?: string | undefined;
  readonly tell?: ((event: SyncEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const DEFAULT_LIMITS: SyncLimits = {
  batch: 100,
  pageRecords: 500,
  concurrency: 2,
  leaseMs: 300_000,
  attempts: 5,
  backoffMs: 2_000,
  backoffCapMs: 3_600_000,
  maxRecordChars: 1_000_000,
  removals: 10,
  removalShare: 0.05,
  overlapMs: 3_600_000,
};

const DEFAULT_TOLERANCE_MS = 60_000;

/** Smallest and largest value of each limit; all but the share are whole numbers. */
const BOUNDS: { readonly [Name in keyof SyncLimits]: readonly [number, number] } = {
  batch: [1, 500],
  pageRecords: [1, 1_000],
  concurrency: [1, 32],
  leaseMs: [1_000, 86_400_000],
  attempts: [1, 1_000],
  backoffMs: [1, 86_400_000],
  backoffCapMs: [1, 86_400_000],
  maxRecordChars: [1, 100_000_000],
  removals: [0, Number.MAX_SAFE_INTEGER],
  removalShare: [0, 1],
  overlapMs: [0, 86_400_000],
};

/**
 * All that a sync of one connection works with, checked.
 *
 * @throws `sync.mapping_invalid` naming each path of `fields` that the CRM does not have; RangeError for limits out of bounds;
 *   TypeError for a kind that the CRM does not have.
 */
export function createSyncContext(options: SyncContextOptions): SyncContext {
  const { connection, provider, storage, direction = "both", clock = systemClock } = options;
  const kinds = resolveKinds(options);
  checkMapping(connection, provider.capabilities, options.fields ?? {});
  const rules = kinds.map((kind) => {
    const support = provider.capabilities.kinds[kind];
    if (!support) throw new TypeError(`kinds names ${kind}, which ${connection} does not have`);
    return [kind, resolveRules(kind, support, options.fields?.[kind] ?? {}, direction)] as const;
  });
  return Object.freeze({
    ...{ connection, provider, storage, kinds, direction, clock },
    rules: Object.fromEntries(rules),
    toleranceMs: options.toleranceMs ?? DEFAULT_TOLERANCE_MS,
    limits: resolveLimits(options.limits),
    random: options.random ?? Math.random,
    createId: options.createId ?? createSortableIds(clock),
    ...{ runId: options.runId, tell: options.tell, signal: options.signal },
  });
}

function resolveKinds({ kinds, provider }: SyncContextOptions): readonly RecordKind[] {
  if (kinds) return KIND_ORDER.filter((kind) => kinds.includes(kind));
  return KIND_ORDER.filter((kind) => provider.capabilities.kinds[kind] !== undefined);
}

function resolveLimits(wanted: Partial<SyncLimits> = {}): SyncLimits {
  const limits = { ...DEFAULT_LIMITS, ...wanted };
  for (const [name, [least, most]] of Object.entries(BOUNDS)) {
    const value = limits[name as keyof SyncLimits];
    const isWhole = Number.isInteger(value) || name === "removalShare";
    if (!isWhole || !(value >= least && value <= most)) {
      throw new RangeError(`limits.${name} must be a number from ${least} to ${most}, got ${value}`);
    }
  }
  return Object.freeze(limits);
}
