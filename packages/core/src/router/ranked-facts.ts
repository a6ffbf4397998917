import type { ModelProfile } from "@salesagent/ports";
import type { LiveCandidateFacts } from "./candidate.js";

/** What a policy knows of one candidate for one request. */
export interface RankedFacts extends LiveCandidateFacts {
  /** The candidate's name: `provider/modelId` unless the host gave another. */
  readonly id: string;
  readonly provider: string;
  readonly modelId: string;
  readonly profile: ModelProfile;
  /** Estimate for this very request, in USD; nothing when the price is unknown. */
  readonly costUsd: number | undefined;
  /** Tokens of this request that its prompt cache probably holds. */
  readonly cachedTokens: number | undefined;
  /** Expected time to the whole answer, in milliseconds. */
  readonly expectedMs: number;
  /** 0–1: the host's word, else by the order of the candidates. */
  readonly quality: number;
  /** 0–1: falls with recent failures and with a rate limit that is nearly used up. */
  readonly reliability: number;
  /** The candidate is meant for the call's task. */
  readonly forTask: boolean;
}
