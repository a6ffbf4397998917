import type { Clock } from "@salesagent/ports";
import type { EffectStorage } from "./effect-storage.js";
import type { Gate } from "./gate.js";

/** What all effects of a ledger share. */
export interface LedgerContext {
  readonly storage: EffectStorage;
  readonly clock: Clock;
  readonly createId: () => string;
  readonly owner: string;
  readonly leaseMs: number;
  /** Asked before those of each effect. */
  readonly gates: readonly Gate[];
}
