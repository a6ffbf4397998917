import type { CRMProvider, RecordKind } from "@salesagent/ports";
import type { FieldRules, SyncDirection } from "../default-rules.js";
import type { SyncLimits } from "../sync-context.js";

/** When a connection is synced by itself. */
export interface SyncSchedule {
  /** Five fields. */
  readonly cron: string;
  /** IANA name. @defaultValue "UTC" */
  readonly zone?: string | undefined;
}

/** A CRM that the app is kept in step with. */
export interface CrmConnection {
  /**
   * A function of the tenant, which is asked once for each, and throws for one that has no such CRM. For apps with one tenant, the
   * adapter by itself: with a second tenant it throws `config.invalid`, unless it is `shared`.
   */
  readonly provider: CRMProvider | ((tenant: string) => CRMProvider | Promise<CRMProvider>);
  /** That the one adapter is for all tenants: whoever may sync in any of them reads and writes one CRM. @defaultValue false */
  readonly shared?: boolean | undefined;
  /** @defaultValue all that the CRM has */
  readonly kinds?: readonly RecordKind[] | undefined;
  /** @defaultValue "both" */
  readonly direction?: SyncDirection | undefined;
  /** What differs from the default rules, by kind and field; `custom.x` for fields of the host's own, `links.company` for links. */
  readonly fields?: { readonly [Kind in RecordKind]?: FieldRules } | undefined;
  /** How far the clocks of the two sides may be apart, in milliseconds. @defaultValue 60,000 */
  readonly toleranceMs?: number | undefined;
  readonly limits?: Partial<SyncLimits> | undefined;
  /** @defaultValue by the provider: Close every two hours, Apollo at 02:00, LinkedIn at 03:00 UTC, others every hour */
  readonly schedule?: SyncSchedule | undefined;
}

/** Connections by their names in the app. */
export type CrmConnections = Readonly<Record<string, CrmConnection>>;

const SCHEDULES: Readonly<Record<string, SyncSchedule>> = {
  close: { cron: "0 */2 * * *" },
  apollo: { cron: "0 2 * * *" },
  linkedin: { cron: "0 3 * * *" },
};

const HOURLY: SyncSchedule = { cron: "0 * * * *" };

/** When a connection is synced where the host does not say. */
export function defaultSchedule(provider: string): SyncSchedule {
  return SCHEDULES[provider] ?? HOURLY;
}
