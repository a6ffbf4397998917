import type { CallOptions, Company, Contact } from "@salesagent/ports";
import type { CompanyHints, PersonHints } from "./hints.js";
import type { WaterfallResult, WaterfallWait } from "./waterfall.js";

/** Whose data a call is about. */
export interface TenantCall extends CallOptions {
  readonly tenant: string;
}

/** What Apollo knows, in normal form, each field with its source; nothing where it knows nothing. */
export interface Enrichment<Found> {
  readonly found?: Found;
  /** What was charged; 0 for what was remembered. */
  readonly credits: number;
}

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

/** Apollo's data: a `CompanyEnricher` of `@salesagent/agents`, with more. */
export interface ApolloEnricher {
  readonly port: "company-enricher/1";
  readonly provider: "apollo";
  /** Credits that this process has spent. */
  readonly creditsSpent: number;
  /** @throws `service.quota_exhausted` when the limit of credits is reached, before anything is asked. */
  company(hints: CompanyHints, call: TenantCall): Promise<Enrichment<Company>>;
  /** Addresses that are locked, or that the policy doesn't take, are left out. */
  person(hints: PersonHints, call: TenantCall): Promise<Enrichment<Contact>>;
  /** Ten at a time, in the order asked for; nobody is asked for twice. */
  people(hints: readonly PersonHints[], call: TenantCall): Promise<readonly Enrichment<Contact>[]>;
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
