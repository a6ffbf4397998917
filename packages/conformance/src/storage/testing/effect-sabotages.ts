import type { EffectStore } from "@salesagent/ports";
import { FAR_AHEAD, LONG_AGO } from "../sample-shared-state.js";
import { Crowd, type FlowSabotage, withFlowStores } from "./flow-sabotage.js";

type Change = (effects: EffectStore) => Partial<EffectStore>;

const withEffects = (change: Change) =>
  withFlowStores(({ effects }) => ({ effects: { ...effects, ...change(effects) } }));

const look = (effects: EffectStore, key: string) => effects.get(key).catch(() => undefined);

const failed = { status: "failed", error: { code: "x", message: "y" } } as const;

/** Ledgers that are broken. */
export const effectSabotages: Readonly<Record<string, FlowSabotage>> = {
  "grants an effect to two who ask at once": {
    create: withEffects(({ claim }) => {
      const crowd = new Crowd();
      return {
        claim: (effect, call) =>
          crowd.run(async (isAlone) => {
            const { granted, record } = await claim(effect, call);
            return { granted: granted || (!isAlone && record.attempts === 1), record };
          }),
      };
    }),
    fails: ["effect-store/1, claims > grants one of 50 claims of one key at once"],
  },
  "grants what was done": {
    create: withEffects(({ claim }) => ({
      claim: async (effect, call) => {
        const { granted, record } = await claim(effect, call);
        return { granted: granted || record.status === "done", record };
      },
    })),
    fails: [
      "effect-store/1, claims > never grants what was done",
      "effect-store/1, unknown outcomes > takes the outcome from who reconciles, and no more from who acted",
    ],
  },
  "grants what its owner does already": {
    create: withEffects(({ claim }) => ({
      claim: async (effect, call) => {
        const { granted, record } = await claim(effect, call);
        return { granted: granted || (record.status === "claimed" && record.owner === effect.owner), record };
      },
    })),
    fails: ["effect-store/1, claims > grants nobody what is being done, not even who does it"],
  },
  "never grants what failed": {
    create: withEffects((effects) => ({
      claim: async (effect, call) => {
        const before = await look(effects, effect.key);
        return before?.status === "failed" ? { granted: false, record: before } : effects.claim(effect, call);
      },
    })),
    fails: [
      "effect-store/1, claims > grants again what failed, with the new input, and counts the attempts",
      "effect-store/1, unknown outcomes > takes the outcome from who reconciles, and no more from who acted",
    ],
  },
  "keeps the first input of what is done again": {
    create: withEffects((effects) => ({
      claim: async (effect, call) => {
        const input = (await look(effects, effect.key))?.input;
        return effects.claim(input === undefined ? effect : { ...effect, input }, call);
      },
    })),
    fails: ["effect-store/1, claims > grants again what failed, with the new input, and counts the attempts"],
  },
  "counts no attempts": {
    create: withEffects(({ claim }) => ({
      claim: async (effect, call) => {
        const { granted, record } = await claim(effect, call);
        return { granted, record: { ...record, attempts: Math.min(1, record.attempts) } };
      },
    })),
    fails: [
      "effect-store/1, unknown outcomes > takes the outcome from who reconciles, and no more from who acted",
    ],
  },
  "does again what a dead actor left": {
    create: withEffects((effects) => ({
      claim: async (effect, call) => {
        const before = await look(effects, effect.key);
        if (before?.status === "unknown" && before.owner === "dead") {
          await effects.settle(effect.key, "dead", failed);
        }
        return effects.claim(effect, call);
      },
    })),
    fails: [
      "effect-store/1, claims > takes a claim whose lease is over for unknown, and grants it to nobody",
    ],
  },
  "believes a dead actor for ever": {
    create: withEffects(({ claim }) => ({
      claim: (effect, call) =>
        claim(effect.leaseUntil === LONG_AGO ? { ...effect, leaseUntil: FAR_AHEAD } : effect, call),
    })),
    fails: [
      "effect-store/1, claims > takes a claim whose lease is over for unknown, and grants it to nobody",
      "effect-store/1, leases > prolongs the lease of who acts or reconciles, and never shortens it",
      "effect-store/1, leases > says no to whom an effect is not in hand any more, and changes nothing",
      "effect-store/1, unknown outcomes > gives an unknown effect to one of 50 who would reconcile it, and leaves it unknown meanwhile",
      "effect-store/1, unknown outcomes > takes the outcome from who reconciles, and no more from who acted",
      "effect-store/1, unknown outcomes > gives it to the next when who reconciled is gone, and when its outcome stayed unknown",
      "effect-store/1, lists > lists by status, effect, target and run; what nobody settled in time is unknown",
    ],
  },
  "takes an outcome from anyone": {
    create: withEffects((effects) => ({
      settle: async (key, owner, outcome, call) =>
        effects.settle(key, (await look(effects, key))?.owner ?? owner, outcome, call),
    })),
    fails: [
      "effect-store/1, claims > grants again what failed, with the new input, and counts the attempts",
      "effect-store/1, outcomes > takes an outcome once, from the owner alone, and leaves nobody in hand",
      "effect-store/1, outcomes > takes a late outcome from its actor, while nobody else has it in hand",
      "effect-store/1, unknown outcomes > takes the outcome from who reconciles, and no more from who acted",
      "effect-store/1, unknown outcomes > gives it to the next when who reconciled is gone, and when its outcome stayed unknown",
      "flow stores, lifecycle > refuse text with a NUL character, naming the field, and write nothing",
    ],
  },
  "says of every outcome that it was taken": {
    create: withEffects(({ settle }) => ({
      settle: async (key, owner, outcome, call) => (await settle(key, owner, outcome, call)) || true,
    })),
    fails: [
      "effect-store/1, claims > grants again what failed, with the new input, and counts the attempts",
      "effect-store/1, outcomes > takes an outcome once, from the owner alone, and leaves nobody in hand",
      "effect-store/1, outcomes > takes a late outcome from its actor, while nobody else has it in hand",
      "effect-store/1, unknown outcomes > takes the outcome from who reconciles, and no more from who acted",
      "effect-store/1, unknown outcomes > gives it to the next when who reconciled is gone, and when its outcome stayed unknown",
      "flow stores, tenants > keep effects apart, though their keys are the same",
    ],
  },
  "does not take a late outcome": {
    create: withEffects((effects) => ({
      settle: async (key, owner, outcome, call) => {
        const isLate = (await look(effects, key))?.leaseUntil === LONG_AGO;
        return isLate ? false : effects.settle(key, owner, outcome, call);
      },
    })),
    fails: [
      "effect-store/1, outcomes > takes a late outcome from its actor, while nobody else has it in hand",
    ],
  },
  "takes a result of null for none": {
    create: withEffects(({ get }) => ({
      get: async (key, call) => {
        const record = await get(key, call);
        if (record?.result !== null) return record;
        const { result: _result, ...rest } = record;
        return rest;
      },
    })),
    fails: [
      "effect-store/1, claims > keeps whatever JSON inputs and results hold, and tells a result of null from none",
    ],
  },
  "lets two reconcile who ask at once": {
    create: withEffects(({ reconcile }) => {
      const crowd = new Crowd();
      return {
        reconcile: (key, owner, leaseUntil, call) =>
          crowd.run(async (isAlone) => {
            const claim = await reconcile(key, owner, leaseUntil, call);
            return claim === undefined || isAlone ? claim : { ...claim, granted: true };
          }),
      };
    }),
    fails: [
      "effect-store/1, unknown outcomes > gives an unknown effect to one of 50 who would reconcile it, and leaves it unknown meanwhile",
    ],
  },
  "lets who reconciles do so again": {
    create: withEffects(({ reconcile }) => ({
      reconcile: async (key, owner, leaseUntil, call) => {
        const claim = await reconcile(key, owner, leaseUntil, call);
        return claim?.record.owner === owner && claim.record.status === "unknown"
          ? { ...claim, granted: true }
          : claim;
      },
    })),
    fails: [
      "effect-store/1, unknown outcomes > gives an unknown effect to one of 50 who would reconcile it, and leaves it unknown meanwhile",
    ],
  },
  "leaves an effect to who reconciled it and died": {
    create: withEffects(({ reconcile }) => ({
      reconcile: (key, owner, leaseUntil, call) =>
        reconcile(key, owner, leaseUntil === LONG_AGO ? FAR_AHEAD : leaseUntil, call),
    })),
    fails: [
      "effect-store/1, unknown outcomes > gives it to the next when who reconciled is gone, and when its outcome stayed unknown",
    ],
  },
  "gives what is being done to who would reconcile it": {
    create: withEffects(({ reconcile }) => ({
      reconcile: async (key, owner, leaseUntil, call) => {
        const claim = await reconcile(key, owner, leaseUntil, call);
        return claim?.record.status === "claimed" ? { ...claim, granted: true } : claim;
      },
    })),
    fails: ["effect-store/1, unknown outcomes > gives nothing in hand but what is unknown"],
  },
  "prolongs a lease for anyone": {
    create: withEffects((effects) => ({
      renew: async (key, owner, leaseUntil, call) =>
        effects.renew(key, (await look(effects, key))?.owner ?? owner, leaseUntil, call),
    })),
    fails: [
      "effect-store/1, leases > says no to whom an effect is not in hand any more, and changes nothing",
      "flow stores, lifecycle > refuse text with a NUL character, naming the field, and write nothing",
    ],
  },
  "prolongs no lease of an effect": {
    create: withEffects((effects) => ({
      renew: (key, owner, leaseUntil, call) =>
        effects.renew(key, owner, leaseUntil === FAR_AHEAD ? LONG_AGO : leaseUntil, call),
    })),
    fails: ["effect-store/1, leases > prolongs the lease of who acts or reconciles, and never shortens it"],
  },
  "counts what was done to anyone": {
    create: withEffects(({ countDone, list }) => ({
      countDone: async (count, call) => {
        if (count.target === "nobody") return (await list({ status: "done" }, {}, call)).items.length;
        return countDone(count, call);
      },
    })),
    fails: ["effect-store/1, lists > counts what was done to a target since a time, and nothing else"],
  },
  "counts what was done ever": {
    create: withEffects(({ countDone }) => ({
      countDone: (count, call) =>
        countDone(count.since === FAR_AHEAD ? { ...count, since: LONG_AGO } : count, call),
    })),
    fails: ["effect-store/1, lists > counts what was done to a target since a time, and nothing else"],
  },
  "counts effects of every kind": {
    create: withEffects(({ countDone }) => ({
      countDone: ({ effect: _effect, ...count }, call) => countDone(count, call),
    })),
    fails: ["effect-store/1, lists > counts what was done to a target since a time, and nothing else"],
  },
  "counts for a gate what was done alone": {
    create: withEffects(({ countDone }) => ({
      countDone: ({ forGate: _forGate, ...count }, call) => countDone(count, call),
    })),
    fails: [
      "effect-store/1, lists > counts what was done to a target since a time, and nothing else",
      "transactions over flows, effects and approvals > keeps to a cap on contact that is looked at in the transaction that acts",
    ],
  },
  "counts as done what is only begun": {
    create: withEffects(({ countDone }) => ({
      countDone: (count, call) => countDone({ ...count, forGate: true }, call),
    })),
    fails: [
      "effect-store/1, lists > counts what was done to a target since a time, and nothing else",
      "flow stores, tenants > keep effects apart, though their keys are the same",
    ],
  },
  "lists effects that are left behind as claimed": {
    create: withEffects(({ list }) => ({
      list: async (filter, page, call) => {
        const { items, ...next } = await list(filter, page, call);
        const asStored = items.map((item) =>
          item.owner === "dead" ? { ...item, status: "claimed" as const } : item,
        );
        return { items: asStored, ...next };
      },
    })),
    fails: [
      "effect-store/1, lists > lists by status, effect, target and run; what nobody settled in time is unknown",
    ],
  },
  "lists the earliest effects first": {
    create: withEffects(({ list }) => ({
      list: async (filter, page, call) => {
        const { items, ...next } = await list(filter, page, call);
        return { items: [...items].reverse(), ...next };
      },
    })),
    fails: [
      "effect-store/1, lists > lists the latest creation first, page by page, whatever happened to them since",
      "effect-store/1, lists > lists by status, effect, target and run; what nobody settled in time is unknown",
    ],
  },
  "shares effects between tenants": {
    create: withFlowStores(({ tenant, effects }, storage) => ({
      effects: tenant === "other" ? storage.tenant("acme").effects : effects,
    })),
    fails: ["flow stores, tenants > keep effects apart, though their keys are the same"],
  },
};
