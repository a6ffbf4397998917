import type { ApprovalRecord, CallOptions, EffectRecord, JsonValue } from "@salesagent/ports";
import { sha256Base64Url } from "../kernel/sha256.js";
import { toRecord } from "../kernel/to-record.js";
import { type ApprovalPolicy, checkExpiry } from "./approval-policy.js";
import type { ActContext, Effect, EffectCall } from "./effect.js";
import type { EffectName } from "./effect-errors.js";
import { effectKey, idempotencyKey } from "./effect-key.js";
import type { EffectStores } from "./effect-storage.js";
import { checkGates, type Gate, type GateQuestion } from "./gate.js";
import { type HeldLease, holdLease } from "./held-lease.js";
import { type Leave, obtainLeave } from "./leave.js";
import type { LedgerContext } from "./ledger-context.js";

/** One call for an effect, resolved. */
export interface EffectWork<Input, Result> {
  readonly context: LedgerContext;
  readonly effect: Effect<Input, Result>;
  readonly tenant: string;
  readonly runId: string;
  readonly agent: string;
  readonly callId: string;
  readonly key: string;
  readonly target: string;
  readonly input: Input;
  /** The input as it is kept. */
  readonly kept: JsonValue;
  readonly idempotencyKey: string;
  readonly gates: readonly Gate[];
  readonly leave: Leave | undefined;
  readonly onApprovalRequired: ((approval: ApprovalRecord) => unknown) | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads the input, resolves the target and names the effect.
 *
 * @throws What `parse` throws; TypeError when the target is not a text.
 */
export async function resolveWork<Input, Result>(
  context: LedgerContext,
  effect: Effect<Input, Result>,
  call: EffectCall<Input>,
): Promise<EffectWork<Input, Result>> {
  const { tenant, runId, agent = "host", onApprovalRequired, signal } = call;
  const kept = toKept(call.input);
  const input = effect.parse ? await effect.parse(kept) : call.input;
  const target = await targetOf(effect, input);
  const step = typeof call.step === "string" ? call.step : await call.step(target);
  const key = await effectKey({ runId, step, effect: effect.name, target });
  return {
    ...{ context, effect, tenant, runId, agent, key, target, input, kept },
    // Models write ids of calls, and vendors pass on what they write.
    callId: toRecord((call.callId || step).slice(0, KEPT_CHARS)),
    idempotencyKey: await idempotencyKey(tenant, key),
    gates: [...context.gates, ...(effect.gates ?? [])],
    leave: undefined,
    ...{ onApprovalRequired, signal },
  };
}

/**
 * The work with a person's leave, where it needs one; what the person edited the input to is what it does then. Its key stays,
 * since it is the same call.
 *
 * @throws `approval.required`, `approval.invalid`, or what `parse` throws of edited arguments.
 */
export async function withLeave<Input, Result>(
  work: EffectWork<Input, Result>,
): Promise<EffectWork<Input, Result>> {
  const policy = approvalPolicy(work);
  if (!policy || (await isDone(work))) return work;
  const { context, effect, tenant, runId, key, agent, callId, kept, onApprovalRequired } = work;
  const call = { signal: work.signal };
  const leave = await obtainLeave(
    context,
    {
      ...{ tenant, runId, key, agent, tool: effect.name, callId, arguments: kept, onApprovalRequired },
      expiresInMs: checkExpiry(`effects.${effect.name}.approval`, policy.expiresInMs),
      precheck: (stores) => askGates({ ...work, gates: unapproved(work.gates) }, stores, call),
    },
    call,
  );
  if (!leave.edited) return { ...work, leave };
  const input = await readKept(effect, leave.input);
  return { ...work, leave, input, kept: leave.input, target: await targetOf(effect, input) };
}

/** Nobody is asked about what is done. */
async function isDone<Input, Result>(work: EffectWork<Input, Result>): Promise<boolean> {
  const { effects } = work.context.storage.tenant(work.tenant);
  return (await effects.get(work.key, { signal: work.signal }))?.status === "done";
}

/** The first rule that asks for a person. */
function approvalPolicy<Input, Result>(work: EffectWork<Input, Result>): ApprovalPolicy | undefined {
  const { approval } = work.effect;
  if (approval === true) return {};
  if (approval && (approval.when?.(work.input) ?? true)) return { expiresInMs: approval.expiresInMs };
  const question = gateQuestion(work);
  return work.gates
    .map((gate) => gate.approval)
    .find((policy) => policy && (policy.when?.(question) ?? true));
}

/** What else stands against the effect is asked before a person is bothered. */
function unapproved(gates: readonly Gate[]): readonly Gate[] {
  return gates.filter(({ approval }) => approval === undefined);
}

/** @throws `effect.refused` */
export function askGates<Input, Result>(
  work: EffectWork<Input, Result>,
  stores: EffectStores,
  call: CallOptions,
): Promise<void> {
  return checkGates(work.gates, gateQuestion(work), stores, call);
}

function gateQuestion<Input, Result>(work: EffectWork<Input, Result>): GateQuestion {
  const { effect, key, target, kept, tenant, runId, agent, leave, context } = work;
  return {
    ...{ effect: effect.name, key, target, input: kept, tenant, runId, agent },
    approved: leave !== undefined,
    nowMs: context.clock.now(),
  };
}

/** What errors name the work by. */
export function named<Input, Result>({ key, effect }: EffectWork<Input, Result>): EffectName {
  return { key, effect: effect.name };
}

/** Holds the lease of a claim, for as long as the effect's own limit allows. */
export function leaseOf<Input, Result>(
  work: EffectWork<Input, Result>,
  { owner, untilMs }: { readonly owner: string; readonly untilMs: number },
): HeldLease {
  const { context, tenant, key, effect, signal } = work;
  const { effects } = context.storage.tenant(tenant);
  return holdLease({
    ...{ clock: context.clock, leaseMs: context.leaseMs, untilMs },
    renew: (wantedMs) => effects.renew(key, owner, new Date(wantedMs).toISOString()),
    caller: signal,
    limitMs: effect.timeoutMs,
  });
}

/** What acting and looking up are given. */
export function actContext<Input, Result>(
  work: EffectWork<Input, Result>,
  signal: AbortSignal,
  target: string = work.target,
): ActContext {
  const { tenant, runId, key, context } = work;
  return { tenant, runId, key, target, idempotencyKey: work.idempotencyKey, signal, clock: context.clock };
}

/** The lookup's answer to whether a kept effect happened. */
export async function askLookup<Input, Result>(
  work: EffectWork<Input, Result>,
  record: EffectRecord,
  signal: AbortSignal,
): Promise<{ readonly happened?: boolean; readonly result?: Result }> {
  const { effect } = work;
  if (!effect.lookup) return {};
  const input = await readKept(effect, record.input);
  const answer = await effect.lookup(input, record, actContext(work, signal, record.target));
  if (answer && "happened" in answer) return answer;
  return {};
}

async function readKept<Input, Result>(effect: Effect<Input, Result>, kept: JsonValue): Promise<Input> {
  // Without `parse` an effect's input is plain data, and was kept as it is.
  return effect.parse ? await effect.parse(kept) : (kept as Input);
}

/** Plain data that every storage holds; what JSON can't hold becomes null or is left out. */
export function toKept(value: unknown): JsonValue {
  return toRecord(JSON.parse(JSON.stringify(value) ?? "null") as JsonValue);
}

/** What stores take of an id, and what is kept of a longer one for people. */
const MAX_ID_CHARS = 400;
const KEPT_CHARS = 300;

/** @throws TypeError when the effect gives no text. */
async function targetOf<Input, Result>(effect: Effect<Input, Result>, input: Input): Promise<string> {
  const target = effect.target(input);
  if (typeof target !== "string" || target === "") {
    throw new TypeError(`effects.${effect.name}.target must return a text that is not empty`);
  }
  if (target.length <= MAX_ID_CHARS) return toRecord(target);
  return toRecord(`${target.slice(0, KEPT_CHARS)}#${await sha256Base64Url(target)}`);
}
