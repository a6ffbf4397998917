import type {
  CallOptions,
  Company,
  CompanyEnricher,
  Contact,
  Enrichment,
  PersonHints,
  TenantCall,
} from "@salesagent/ports";
import type { WaterfallResult, WaterfallWait } from "./waterfall.js";

/** What is to be looked for at length, and where Apollo calls when it has it. */
export interface WaterfallOrder {
  /** Takes Apollo's unsigned calls; `https` only. Results can be asked for as well, which is what to believe. */
  readonly webhookUrl: string;
  /** @defaultValue true */
  readonly email?: boolean;
  /** @defaultValue false */
  readonly phone?: boolean;
}

/** A waterfall that is under way. */
export interface WaterfallStart {
  /** 64 bits, often negative: a text, with all its digits. */
  readonly requestId: string;
  /** Apollo's id of each person, in the order asked for; nothing for one whom it doesn't know. */
  readonly personIds: readonly (string | undefined)[];
}

/**
 * Apollo's data. Addresses that are locked, or that the policy doesn't take, are left out. Everything that may cost throws
 * `service.quota_exhausted` when the limit of credits is reached, before anything is asked.
 */
export interface ApolloEnricher extends CompanyEnricher {
  readonly provider: "apollo";
  /** Credits that this process has spent. */
  readonly creditsSpent: number;
  /** Ten at a time, in the order asked for; nobody is asked for twice. */
  people(hints: readonly PersonHints[], call: TenantCall): Promise<readonly Enrichment<Contact>[]>;
  /** Ten at a time, by domain, in the order asked for. */
  companies(domains: readonly string[], call: TenantCall): Promise<readonly Enrichment<Company>[]>;
  /** Has Apollo look with its partners, for at most ten people; the credits depend on what they charge. */
  startWaterfall(
    hints: readonly PersonHints[],
    order: WaterfallOrder,
    call: TenantCall,
  ): Promise<WaterfallStart>;
  waterfallResult(requestId: string, call?: CallOptions): Promise<WaterfallResult>;
  /** Asks until the result is there. @throws `call.wait_too_long`. */
  awaitWaterfall(
    requestId: string,
    wait?: WaterfallWait,
  ): Promise<Exclude<WaterfallResult, { status: "pending" }>>;
}
