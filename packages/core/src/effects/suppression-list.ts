import type { CallOptions } from "@salesagent/ports";
import type { EffectStores } from "./effect-storage.js";
import type { Gate, GateQuestion } from "./gate.js";

/**
 * A gate that keeps those out who must not be approached: who unsubscribed, objected, or are customers of somebody else.
 *
 * @param isSuppressed - Asked with the target in its normal form. What it throws means that nothing is done.
 */
export function suppressionList(
  isSuppressed: (
    target: string,
    question: GateQuestion,
    stores: EffectStores,
    call: CallOptions,
  ) => boolean | Promise<boolean>,
): Gate {
  return {
    name: "suppression-list",
    async check(question, stores, call) {
      const suppressed = await isSuppressed(question.target, question, stores, call);
      return suppressed
        ? { allowed: false, reason: "the target is on the suppression list" }
        : { allowed: true };
    },
  };
}
