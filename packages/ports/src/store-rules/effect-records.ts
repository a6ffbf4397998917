import type { ApprovalStore } from "../stores/approval-store.js";
import type { EffectStore } from "../stores/effect-store.js";
import { toInstant } from "./field-rules.js";
import { toNormalId } from "./shared-records.js";
import { toStorable } from "./storable.js";
import { invalidValue } from "./store-errors.js";

type EffectDraft = Parameters<EffectStore["claim"]>[0];
type EffectOutcome = Parameters<EffectStore["settle"]>[2];
type EffectCount = Parameters<EffectStore["countDone"]>[0];
type ApprovalDraft = Parameters<ApprovalStore["request"]>[0];
type ApprovalDecision = Parameters<ApprovalStore["decide"]>[1];

/** @throws `store.invalid`. */
export function toNormalEffect(effect: EffectDraft): EffectDraft {
  const toName = (field: string, name: string) => toNormalId("effects", `effect.${field}`, name);
  return Object.freeze({
    key: toName("key", effect.key),
    effect: toName("effect", effect.effect),
    target: toName("target", effect.target),
    input: toStorable("effects", "effect.input", effect.input),
    ...(effect.runId === undefined ? {} : { runId: toName("runId", effect.runId) }),
    owner: toName("owner", effect.owner),
    leaseUntil: toInstant("effects", "effect.leaseUntil", effect.leaseUntil),
  });
}

/** @throws `store.invalid`. */
export function toNormalOutcome(outcome: EffectOutcome): EffectOutcome {
  if (outcome.status !== "done" && outcome.status !== "failed" && outcome.status !== "unknown") {
    throw invalidValue("effects", "outcome.status", "it is not one of done, failed, unknown");
  }
  return toStorable("effects", "outcome", outcome);
}

/** @throws `store.invalid`. */
export function toNormalCount(count: EffectCount): EffectCount {
  return toStorable("effects", "count", {
    ...count,
    since: toInstant("effects", "count.since", count.since),
  });
}

/** @throws `store.invalid`. */
export function toNormalApproval(approval: ApprovalDraft): ApprovalDraft {
  const toName = (field: string, name: string) => toNormalId("approvals", `approval.${field}`, name);
  const { runId, requestedAt, expiresAt } = approval;
  return Object.freeze({
    id: toName("id", approval.id),
    agent: toName("agent", approval.agent),
    tool: toName("tool", approval.tool),
    callId: toName("callId", approval.callId),
    ...(runId === undefined ? {} : { runId: toName("runId", runId) }),
    argumentsHash: toName("argumentsHash", approval.argumentsHash),
    arguments: toStorable("approvals", "approval.arguments", approval.arguments),
    requestedAt: toInstant("approvals", "approval.requestedAt", requestedAt),
    expiresAt: toInstant("approvals", "approval.expiresAt", expiresAt),
  });
}

/** Edited arguments come with their hash, and with an approval. @throws `store.invalid`. */
export function toNormalDecision(decision: ApprovalDecision): ApprovalDecision {
  const { status, by, reason, editedArguments, editedArgumentsHash } = decision;
  if (status !== "approved" && status !== "refused") {
    throw invalidValue("approvals", "decision.status", "it is not one of approved, refused");
  }
  if ((editedArguments === undefined) !== (editedArgumentsHash === undefined)) {
    throw invalidValue(
      "approvals",
      "decision.editedArgumentsHash",
      "edited arguments and their hash come together",
    );
  }
  if (editedArguments !== undefined && status === "refused") {
    throw invalidValue("approvals", "decision.editedArguments", "a refusal has none");
  }
  return Object.freeze({
    status,
    by: toNormalId("approvals", "decision.by", by),
    ...(reason === undefined ? {} : { reason: toStorable("approvals", "decision.reason", reason) }),
    ...(editedArguments === undefined
      ? {}
      : { editedArguments: toStorable("approvals", "decision.editedArguments", editedArguments) }),
    ...(editedArgumentsHash === undefined
      ? {}
      : {
          editedArgumentsHash: toNormalId("approvals", "decision.editedArgumentsHash", editedArgumentsHash),
        }),
  });
}
