import type { CallOptions, JsonValue } from "@salesagent/ports";
import type { ApprovalPolicy } from "./approval-policy.js";
import { refusedEffect } from "./effect-errors.js";
import type { EffectStores } from "./effect-storage.js";

/** What is about to be done. */
export interface GateQuestion {
  /** The effect's name. */
  readonly effect: string;
  readonly key: string;
  readonly target: string;
  /** What would be done; where a person edited it, the edited one. */
  readonly input: JsonValue;
  readonly tenant: string;
  readonly runId: string;
  readonly agent: string;
  /** Whether a person has allowed it. */
  readonly approved: boolean;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
}

/** A gate's word. The reason reaches the model and the audit trail, so no personal data in it. */
export type GateAnswer =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string; readonly retryAt?: string | undefined };

/** Decides whether an effect may be done now. */
export interface Gate {
  readonly name: string;
  /**
   * Asked in the transaction that claims the effect, so what it reads holds while it is decided. It may be asked again, and
   * acts on nothing outside. What it throws means that nothing is done.
   *
   * @param stores - Of the transaction: what it reads here can't change before the claim stands.
   */
  check(question: GateQuestion, stores: EffectStores, call: CallOptions): GateAnswer | Promise<GateAnswer>;
  /** Set where a person has to be asked. */
  readonly approval?: ApprovalPolicy | undefined;
}

/** @throws `effect.refused` of the first gate that does not allow it. */
export async function checkGates(
  gates: readonly Gate[],
  question: GateQuestion,
  stores: EffectStores,
  call: CallOptions,
): Promise<void> {
  for (const gate of gates) {
    const answer = await gate.check(question, stores, call);
    if (answer.allowed !== true) throw refusedEffect(question.effect, gate.name, answer);
  }
}
