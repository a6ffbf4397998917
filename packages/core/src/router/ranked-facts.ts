import type { CandidateFacts, ModelProfile } from "@salesagent/ports";

/** What a policy knows of one candidate for one request. */
export interface RankedFacts extends CandidateFacts {
  /** The candidate's name: `provider/modelId` unless the host gave another. */
  readonly id: string;
  readonly provider: string;
  readonly modelId: string;
  readonly profile: ModelProfile;
  /** Expected time to the whole answer, in milliseconds. */
  readonly expectedMs: number;
  /** 0–1: the host's word, else by the order of the candidates. */
  readonly quality: number;
  /** 0–1: falls with recent failures and with a rate limit that is nearly used up. */
  readonly reliability: number;
  /** The candidate is meant for the call's task. */
  readonly forTask: boolean;
}
