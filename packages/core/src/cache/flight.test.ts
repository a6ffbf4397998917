import {
  type AttemptGuard,
  createModelStream,
  type LanguageModel,
  type ModelEvent,
  type ModelStream,
  SalesAgentError,
  userMessage,
} from "@salesagent/ports";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scriptedModel } from "../scripted-model/index.js";
import { doubleStorage } from "./testing/double-storage.js";
import { finish, ledger, PIECES, pacedModel, turn } from "./testing/paced-model.js";
import { withCache } from "./with-cache.js";

const ASK = { messages: [userMessage("Count.")] };
const ACME = { scope: { tenant: "acme" } } as const;
const WHOLE = PIECES.join("");

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on("unhandledRejection", note);
});
afterEach(async () => {
  await turn();
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

describe("one flight", () => {
  it("calls the model once for 200 equal calls, and tells one of them what it cost", async () => {
    const { model: inner, calls, step } = pacedModel();
    const storage = doubleStorage();
    const { begun, ended, guardOf } = ledger();
    const model = withCache(inner, { storage });
    const results = await finish(
      step,
      Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          model.stream(ASK, { ...ACME, guards: [guardOf(`${index}`)] }).result(),
        ),
      ),
    );
    expect(results.every(({ text }) => text === WHOLE)).toBe(true);
    expect([calls.length, storage.gets]).toEqual([1, 1]);
    expect(begun).toEqual(["0"]);
    const [leader, ...others] = results;
    expect(leader).toMatchObject({ costUsd: 1, attempts: [{ outcome: "completed" }] });
    expect(leader?.cache).toBeUndefined();
    for (const { cache, costUsd, attempts, usage } of others) {
      expect({ cache, costUsd, attempts, usage }).toEqual({
        cache: { kind: "exact", ageMs: 0 },
        costUsd: 0,
        attempts: [],
        usage: {},
      });
    }
    expect(ended).toHaveLength(1);
  });

  it("gives who comes later all that came before, and then what comes, live", async () => {
    const { model: inner, calls, step } = pacedModel();
    const model = withCache(inner, { storage: doubleStorage() });
    const first = model.stream(ASK, ACME).result();
    while (calls.length === 0) await turn();
    await step();
    await step();
    const seen: ModelEvent[] = [];
    const late = (async () => {
      for await (const event of model.stream(ASK, ACME)) seen.push(event);
    })();
    for (let round = 0; seen.length < 3 && round < 1_000; round++) await turn();
    expect(seen.slice(0, 3)).toMatchObject([{ type: "start" }, { text: "one " }, { text: "two " }]);
    expect(seen.some(({ type }) => type === "finish")).toBe(false);
    await finish(step, Promise.all([first, late]));
    expect(seen.at(-1)).toMatchObject({ type: "finish", cache: { kind: "exact", ageMs: 0 } });
    expect(calls).toHaveLength(1);
  });

  it("does not share between time limits and ways of delivery", async () => {
    const { model: inner, calls, step } = pacedModel();
    const model = withCache(inner, { storage: doubleStorage() });
    await finish(
      step,
      Promise.all([
        model.stream(ASK, ACME).result(),
        model.stream(ASK, { ...ACME, timeouts: { totalMs: 90_000 } }).result(),
        model.stream(ASK, { ...ACME, delivery: "whole" }).result(),
        model.stream(ASK, { ...ACME, delivery: "streamed" }).result(),
      ]),
    );
    expect(calls).toHaveLength(3);
  });

  it("goes on for the others when who began it leaves, and the next one is told the cost", async () => {
    const { model: inner, calls, step } = pacedModel();
    const { begun, ended, guardOf } = ledger();
    const model = withCache(inner, { storage: doubleStorage() });
    const controller = new AbortController();
    const leader = model
      .stream(ASK, { ...ACME, signal: controller.signal, guards: [guardOf("leader")] })
      .result();
    while (calls.length === 0) await turn();
    const others = ["second", "third"].map((name) =>
      model.stream(ASK, { ...ACME, guards: [guardOf(name)] }).result(),
    );
    await step();
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(leader).rejects.toBe(reason);
    expect(calls[0]?.signal.aborted).toBe(false);
    const results = await finish(step, Promise.all(others));
    expect(results.map(({ text }) => text)).toEqual([WHOLE, WHOLE]);
    expect(results.map(({ costUsd }) => costUsd)).toEqual([1, 0]);
    expect(begun).toEqual(["leader"]);
    expect(ended).toMatchObject([{ outcome: "completed" }]);
  });

  it("stops the model with the last reader, tells the guards, and begins anew for the next", async () => {
    const { model: inner, calls, step } = pacedModel();
    const { ended, guardOf } = ledger();
    const model = withCache(inner, { storage: doubleStorage() });
    const read = async () => {
      for await (const event of model.stream(ASK, { ...ACME, guards: [guardOf("a")] })) {
        if (event.type === "text-delta") break;
      }
    };
    await finish(step, Promise.all([read(), read()]));
    for (let round = 0; round < 20; round++) await step();
    expect(calls).toMatchObject([{ ended: true, signal: { aborted: true } }]);
    expect(ended).toMatchObject([{ outcome: "aborted" }]);
    const again = await finish(step, model.stream(ASK, ACME).result());
    expect(again).toMatchObject({ text: WHOLE, costUsd: 1 });
    expect(calls).toHaveLength(2);
  });

  it("fails all readers with the same error, and keeps nothing", async () => {
    const error = new Error("the line broke");
    const { model: inner, calls, step } = pacedModel(["a"], error);
    const storage = doubleStorage();
    const model = withCache(inner, { storage });
    const outcomes = await finish(
      step,
      Promise.allSettled([1, 2, 3].map(() => model.stream(ASK, ACME).result())),
    );
    expect(outcomes).toEqual([1, 2, 3].map(() => ({ status: "rejected", reason: error })));
    expect(calls).toHaveLength(1);
    expect(storage.entries.get("acme")?.size).toBe(0);
    await expect(finish(step, model.stream(ASK, ACME).result())).rejects.toBe(error);
    expect(calls).toHaveLength(2);
  });

  it("fails each reader of an answer that was cut", async () => {
    const inner: LanguageModel = {
      ...scriptedModel([]),
      stream: () => ({
        async *[Symbol.asyncIterator]() {
          yield { type: "start", provider: "p", modelId: "m", warnings: [], rateLimits: [] };
        },
        result: () => new Promise(() => {}),
      }),
    };
    const model = withCache(inner, { storage: doubleStorage() });
    const outcomes = await Promise.allSettled([1, 2].map(() => model.stream(ASK, ACME).result()));
    expect(outcomes).toMatchObject([1, 2].map(() => ({ reason: { code: "model.stream_cut" } })));
  });

  it("asks in the next reader's name when the guards of who began it refuse", async () => {
    const { model: inner, calls, step } = pacedModel();
    const { begun, guardOf } = ledger();
    const refusal = new SalesAgentError("budget.exceeded", {
      message: "no more",
      facts: { budget: "run", measure: "usd", limit: 1, spent: 1, held: 0 },
      replay: "safe",
    });
    const poor: AttemptGuard = {
      async begin() {
        await turn();
        throw refusal;
      },
    };
    const model = withCache(inner, { storage: doubleStorage() });
    const broke = [1, 2].map(() => model.stream(ASK, { ...ACME, guards: [poor] }).result());
    const rich = [1, 2].map(() => model.stream(ASK, { ...ACME, guards: [guardOf("rich")] }).result());
    const outcomes = await finish(step, Promise.allSettled([...broke, ...rich]));
    const told = outcomes.map((outcome) => ("value" in outcome ? outcome.value.text : outcome.reason));
    expect(told).toEqual([refusal, refusal, WHOLE, WHOLE]);
    expect([begun.length, calls.length]).toEqual([1, 1]);
  });

  it("refuses everybody whose own guards do", async () => {
    const { model: inner, calls } = pacedModel();
    const refusal = new Error("no more");
    const poor: AttemptGuard = {
      begin() {
        throw refusal;
      },
    };
    const model = withCache(inner, { storage: doubleStorage() });
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => model.stream(ASK, { ...ACME, guards: [poor] }).result()),
    );
    expect(outcomes).toEqual([1, 2, 3].map(() => ({ status: "rejected", reason: refusal })));
    expect(calls).toHaveLength(0);
  });

  it("passes a restart on as it comes, and keeps what came after it", async () => {
    const restart = {
      provider: "q",
      modelId: "n",
      errorCode: "model.stream_cut",
      warnings: [],
      rateLimits: [],
    };
    const { model: paced, step } = pacedModel();
    const inner: LanguageModel = {
      ...paced,
      stream: (request, call) =>
        createModelStream(async function* (): AsyncGenerator<readonly ModelEvent[], void, void> {
          for await (const event of paced.stream(request, call)) {
            yield [event];
            if (event.type === "text-delta" && event.text === "two ") yield [{ type: "restart", ...restart }];
          }
        }, call),
    };
    const model = withCache(inner, { storage: doubleStorage() });
    const types: string[] = [];
    const reading = (async () => {
      for await (const { type } of model.stream(ASK, ACME)) types.push(type);
    })();
    const [, result] = await finish(step, Promise.all([reading, model.stream(ASK, ACME).result()]));
    expect(types.join(" ")).toBe("start text-delta text-delta restart text-delta text-delta finish");
    expect(result).toMatchObject({ text: "three four", provider: "q" });
    expect(await model.stream(ASK, ACME).result()).toMatchObject({
      text: "three four",
      provider: "q",
      modelId: "n",
      cache: { kind: "exact" },
    });
  });

  it("keeps an answer that is whole although its reader left before he read the end", async () => {
    const inner: LanguageModel = {
      ...scriptedModel([]),
      stream: (_, call) =>
        createModelStream(async function* () {
          const usage = {};
          yield [
            { type: "start", provider: "p", modelId: "m", warnings: [], rateLimits: [] },
            { type: "text-delta", text: "all" },
            { type: "finish", reason: "stop", usage, timings: { totalMs: 1 }, attempts: [] },
          ];
        }, call),
    };
    const storage = doubleStorage();
    const model = withCache(inner, { storage });
    for await (const event of model.stream(ASK, ACME)) if (event.type === "text-delta") break;
    await turn();
    expect(storage.entries.get("acme")?.size).toBe(1);
    expect(await model.stream(ASK, ACME).result()).toMatchObject({ text: "all", cache: { kind: "exact" } });
    expect(storage.gets).toBe(2);
  });

  it("has one reader a stream, and tells a result that is asked for beside it", async () => {
    const { model: inner, step } = pacedModel();
    const model = withCache(inner, { storage: doubleStorage() });
    const stream = model.stream(ASK, ACME);
    let text = "";
    const reading = (async () => {
      for await (const event of stream) if (event.type === "text-delta") text += event.text;
    })();
    expect(() => stream[Symbol.asyncIterator]()).toThrow(TypeError);
    const result = stream.result();
    await finish(step, Promise.all([reading, result]));
    expect([text, (await result).text]).toEqual([WHOLE, WHOLE]);
  });

  it("serves whoever stays, whoever leaves when and how", async () => {
    const plan = fc.record({
      joinsAt: fc.nat(6),
      leavesAfter: fc.option(fc.nat(7), { nil: undefined }),
      by: fc.constantFrom("break", "abort"),
      pace: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 8 }), async (plans) => {
        const { model: inner, calls, step } = pacedModel();
        const { begun, ended, guardOf } = ledger();
        const storage = doubleStorage();
        const model = withCache(inner, { storage });
        let tick = 0;
        const waitUntil = async (due: number) => {
          while (tick < due) await turn();
        };
        const readers = plans.map(async ({ joinsAt, leavesAfter, by, pace }, index) => {
          await waitUntil(joinsAt);
          const controller = new AbortController();
          const call = { ...ACME, signal: controller.signal, guards: [guardOf(`${index}`)] };
          return read(model.stream(ASK, call), controller, {
            leavesAfter,
            by,
            wait: () => waitUntil(tick + pace),
          });
        });
        const advance = () => {
          tick++;
          return step();
        };
        const outcomes = await finish(advance, Promise.all(readers));
        for (let round = 0; round < 8; round++) await advance();

        const stayed = outcomes.filter((outcome) => outcome !== "left");
        expect(stayed.map(({ text }) => text)).toEqual(stayed.map(() => WHOLE));
        expect(calls.every((call) => call.ended)).toBe(true);
        expect(ended).toHaveLength(begun.length);
        expect(calls).toHaveLength(begun.length);
        const paid = stayed.filter(({ costUsd }) => costUsd === 1).length;
        const whole = ended.filter(({ outcome }) => outcome === "completed").length;
        expect(paid).toBeLessThanOrEqual(whole);
        for (const name of begun) {
          const outcome = outcomes[Number(name)];
          if (outcome !== undefined && outcome !== "left") expect(outcome.costUsd).toBe(1);
        }
        // nothing is left under way: whoever asks now is answered by the store, or by a call of his own
        const before = calls.length;
        const after = await finish(advance, model.stream(ASK, ACME).result());
        expect(after.text).toBe(WHOLE);
        expect(calls.length - before).toBe(whole > 0 ? 0 : 1);
      }),
      { numRuns: 150 },
    );
  });
});

interface Reading {
  readonly leavesAfter: number | undefined;
  readonly by: string;
  readonly wait: () => Promise<void>;
}

async function read(stream: ModelStream, controller: AbortController, { leavesAfter, by, wait }: Reading) {
  let text = "";
  let events = 0;
  const reason = new Error("left");
  try {
    if (leavesAfter === 0 && by === "abort") controller.abort(reason);
    for await (const event of stream) {
      if (event.type === "text-delta") text += event.text;
      if (event.type === "finish") return { text, costUsd: event.costUsd };
      if (++events === leavesAfter) {
        if (by === "break") return "left" as const;
        controller.abort(reason);
      }
      await wait();
    }
    throw new Error("ended without a finish");
  } catch (error) {
    if (error === reason) return "left" as const;
    throw error;
  }
}
