/** What a model call is for: budgets count by it, records name it. */
export interface CallScope {
  readonly tenant?: string | undefined;
  readonly agent?: string | undefined;
  readonly runId?: string | undefined;
  readonly stepIndex?: number | undefined;
  readonly leadId?: string | undefined;
  readonly campaignId?: string | undefined;
}
