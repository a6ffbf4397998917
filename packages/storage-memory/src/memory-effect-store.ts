import type { EffectClaim, EffectRecord, EffectStore } from "@salesagent/ports";
import {
  toInstant,
  toNormalCount,
  toNormalEffect,
  toNormalId,
  toNormalOutcome,
  toNormalPage,
  toStorable,
} from "@salesagent/ports/store-rules";
import { now, type StoreContext } from "./store-context.js";

type Filter = NonNullable<Parameters<EffectStore["list"]>[0]>;

/** An effect as it is read at an instant: a claim whose lease is over by then is of unknown outcome. */
function readAt(record: EffectRecord, instant: string): EffectRecord {
  const { status, leaseUntil } = record;
  const isLapsed = status === "claimed" && leaseUntil !== undefined && leaseUntil <= instant;
  return isLapsed ? Object.freeze({ ...record, status: "unknown" }) : record;
}

/** Who has an effect in hand, and until when. */
function toHand(owner: string, leaseUntil: string): Required<Pick<EffectRecord, "owner" | "leaseUntil">> {
  return {
    owner: toNormalId("effects", "owner", owner),
    leaseUntil: toInstant("effects", "leaseUntil", leaseUntil),
  };
}

function toTest({ status, effect, runId }: Filter): (record: EffectRecord) => boolean {
  return (record) =>
    (status === undefined || record.status === status) &&
    (effect === undefined || record.effect === effect) &&
    (runId === undefined || record.runId === runId);
}

/** Whether it may turn out to have been done since an instant, or is being done. */
function isOpenSince({ status, leaseUntil = "", updatedAt }: EffectRecord, since: string): boolean {
  return status === "claimed" || (status === "unknown" && (updatedAt >= since || leaseUntil >= since));
}

function refuse(record: EffectRecord): EffectClaim {
  return { granted: false, record };
}

export function createMemoryEffectStore({ rows, clock, admit }: StoreContext): EffectStore {
  const { effects } = rows;

  const put = (record: EffectRecord): EffectRecord => {
    const frozen = Object.freeze(record);
    effects.put(record.key, Date.parse(record.createdAt), frozen);
    return frozen;
  };

  return {
    port: "effect-store/1",
    async claim(effect, call) {
      admit("effects", call);
      const normal = toNormalEffect(effect);
      const updatedAt = now(clock);
      const before = effects.get(normal.key);
      if (before === undefined) {
        const record = { ...normal, status: "claimed" as const, attempts: 1 };
        return { granted: true, record: put({ ...record, createdAt: updatedAt, updatedAt }) };
      }
      if (before.status !== "failed") return refuse(readAt(before, updatedAt));
      const { error: _error, ...again } = before;
      const { input, owner, leaseUntil } = normal;
      const attempts = before.attempts + 1;
      const record = { ...again, status: "claimed" as const, input, attempts, owner, leaseUntil, updatedAt };
      return { granted: true, record: put(record) };
    },
    async settle(key, owner, outcome, call) {
      admit("effects", call);
      const normal = toNormalOutcome(outcome);
      const before = effects.get(toStorable("effects", "key", key));
      if (before === undefined || before.owner !== toStorable("effects", "owner", owner)) return false;
      const { owner: _owner, leaseUntil: _leaseUntil, error: _error, ...record } = before;
      put({ ...record, ...normal, updatedAt: now(clock) });
      return true;
    },
    async renew(key, owner, leaseUntil, call) {
      admit("effects", call);
      const hand = toHand(owner, leaseUntil);
      const record = effects.get(toStorable("effects", "key", key));
      if (record?.leaseUntil === undefined || record.owner !== hand.owner) return false;
      if (record.leaseUntil <= now(clock)) return false;
      if (hand.leaseUntil > record.leaseUntil) put({ ...record, leaseUntil: hand.leaseUntil });
      return true;
    },
    async reconcile(key, owner, leaseUntil, call) {
      admit("effects", call);
      const hand = toHand(owner, leaseUntil);
      const before = effects.get(toStorable("effects", "key", key));
      if (before === undefined) return undefined;
      const updatedAt = now(clock);
      const record = readAt(before, updatedAt);
      const isInHand = record.leaseUntil !== undefined && record.leaseUntil > updatedAt;
      if (record.status !== "unknown" || isInHand) return refuse(record);
      return { granted: true, record: put({ ...record, ...hand, updatedAt }) };
    },
    async get(key, call) {
      admit("effects", call);
      const record = effects.get(toStorable("effects", "key", key));
      return record === undefined ? undefined : readAt(record, now(clock));
    },
    async list(filter = {}, page, call) {
      admit("effects", call);
      const { target, ...rest } = toStorable("effects", "filter", filter);
      const instant = now(clock);
      const test = toTest(rest);
      const where = (record: EffectRecord) => test(readAt(record, instant));
      const scan = { page: toNormalPage("effects", page), descending: true, where };
      const { items, ...next } = effects.page(scan, target);
      return { items: items.map((record) => readAt(record, instant)), ...next };
    },
    async countDone(count, call) {
      admit("effects", call);
      const { effect, target, since, forGate = false } = toNormalCount(count);
      const instant = now(clock);
      const isCounted = (record: EffectRecord) =>
        (effect === undefined || record.effect === effect) &&
        (record.status === "done"
          ? record.updatedAt >= since
          : forGate && isOpenSince(readAt(record, instant), since));
      return effects.count(isCounted, target);
    },
  };
}
