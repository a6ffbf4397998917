import type { ApolloConnection } from "./apollo-client.js";
import { type ApolloMapping, checkMapping } from "./apollo-mapping.js";
import type { EnrichmentOptions } from "./enrichment-options.js";
import { LARGEST_PAGE } from "./search-page.js";

/** How an Apollo account is used. */
export interface ApolloOptions extends ApolloConnection {
  /** Whether contacts, accounts and deals may be written; without it they are only read. @defaultValue false */
  readonly crm?: boolean | undefined;
  /** The host's custom fields. @defaultValue none */
  readonly mapping?: ApolloMapping | undefined;
  /** ISO 4217: what the account's deals are in. @defaultValue "USD" */
  readonly currency?: string | undefined;
  /** Only contacts of these stages or lists, by Apollo's ids; also a way below its ceiling of 50,000. @defaultValue all */
  readonly only?:
    | { readonly contactStageIds?: readonly string[]; readonly contactLabelIds?: readonly string[] }
    | undefined;
  /** How far a run looks back behind the last one, since searches lag, in milliseconds. @defaultValue 300,000 */
  readonly overlapMs?: number | undefined;
  /** Records that a search brings at once, 1–100. @defaultValue 100 */
  readonly pageSize?: number | undefined;
  readonly enrichment?: EnrichmentOptions | undefined;
}

/** The options of the CRM's part with nothing left open. */
export interface CrmSettings {
  readonly writes: boolean;
  readonly mapping: ApolloMapping;
  readonly currency: string;
  readonly filter: Readonly<Record<string, readonly string[]>>;
  readonly overlapMs: number;
  readonly pageSize: number;
}

/** @throws TypeError or RangeError naming the option that makes no sense. */
export function resolveCrmSettings(options: ApolloOptions): CrmSettings {
  const {
    crm = false,
    mapping = {},
    currency = "USD",
    overlapMs = 300_000,
    pageSize = LARGEST_PAGE,
  } = options;
  if (!/^[A-Z]{3}$/.test(currency)) throw new TypeError("apollo.currency must be three capital letters");
  if (!Number.isInteger(overlapMs) || overlapMs < 0) {
    throw new RangeError(`apollo.overlapMs must be a whole number ≥ 0, got ${overlapMs}`);
  }
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > LARGEST_PAGE) {
    throw new RangeError(`apollo.pageSize must be a whole number from 1 to ${LARGEST_PAGE}, got ${pageSize}`);
  }
  const { contactStageIds: stages = [], contactLabelIds: labels = [] } = options.only ?? {};
  return Object.freeze({
    writes: crm,
    mapping: checkMapping(mapping),
    currency,
    filter: {
      ...(stages.length === 0 ? {} : { contact_stage_ids: stages }),
      ...(labels.length === 0 ? {} : { contact_label_ids: labels }),
    },
    overlapMs,
    pageSize,
  });
}
