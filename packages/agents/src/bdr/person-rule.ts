import type { ApprovalOption } from "@salesagent/core/effects";

/** Whether a person has to allow something, and for how long the question stands; `undefined`: nobody is asked. */
export type PersonRule = Exclude<ApprovalOption<unknown>, true> | undefined;

/** @throws RangeError naming the option. */
export function personRule(asked: boolean, expiresInMs: number): PersonRule {
  if (!(Number.isFinite(expiresInMs) && expiresInMs > 0)) {
    throw new RangeError(`createBdrAgent.approvalMs must be > 0, got ${expiresInMs}`);
  }
  return asked ? { expiresInMs } : undefined;
}
