import { SalesAgentError } from "@salesagent/ports";
import type { Gate, GateQuestion } from "./gate.js";

/** How a person is asked. */
export interface ApprovalPolicy {
  /** How long a request stands, in milliseconds. @defaultValue 604_800_000, seven days */
  readonly expiresInMs?: number | undefined;
  /** Which calls need it. @defaultValue all */
  readonly when?: ((question: Omit<GateQuestion, "approved">) => boolean) | undefined;
}

/** Whether a person has to allow a call of one effect or tool. */
export type ApprovalOption<Input> =
  | true
  | {
      /** How long a request stands, in milliseconds. @defaultValue 604_800_000, seven days */
      readonly expiresInMs?: number | undefined;
      /** Which calls need it. @defaultValue all */
      when?(input: Input): boolean;
    };

const DEFAULT_EXPIRY_MS = 7 * 24 * 60 * 60 * 1_000;

/** @throws RangeError naming the option. */
export function checkExpiry(option: string, expiresInMs: number = DEFAULT_EXPIRY_MS): number {
  if (Number.isFinite(expiresInMs) && expiresInMs > 0) return expiresInMs;
  throw new RangeError(`${option}.expiresInMs must be > 0, got ${expiresInMs}`);
}

/**
 * A gate that lets an effect through only when a person has allowed these very arguments. Given to `createEffects` it holds
 * for every effect; one effect or tool has `approval` for it.
 *
 * @throws RangeError when `expiresInMs` is not above 0.
 */
export function requireApproval(policy: ApprovalPolicy = {}): Gate {
  const expiresInMs = checkExpiry("requireApproval", policy.expiresInMs);
  const approval: ApprovalPolicy = { ...policy, expiresInMs };
  return {
    name: "approval",
    approval,
    check(question) {
      if (question.approved || !(policy.when?.(question) ?? true)) return { allowed: true };
      return { allowed: false, reason: "a person has to allow it" };
    },
  };
}

export function approvalRequired(id: string, tool: string): SalesAgentError<"approval.required"> {
  return new SalesAgentError("approval.required", {
    message: `The call of "${tool}" waits for a person. Decide the approval ${id}, then go on with the run.`,
    facts: { approvalId: id, tool },
    replay: "safe",
  });
}
