import { type DurableFlows, durableFlows } from "@salesagent/core/graph";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { systemClock } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import {
  by,
  customer,
  priceAnswer,
  priceText,
  runId,
  serviceScene,
  sorted,
  tenant,
  threadId,
} from "./testing/service-scene.js";

const quick = { leaseMs: 300, pollMs: 10 };
const patient = { timeout: 10_000 };
const never = () => new Promise<never>(() => {});
const opening = { threadId, text: "What is the price?", customer };

/** Something that happens, and can be waited for. */
function happening() {
  let happen = () => {};
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happen: () => happen(), happened };
}

describe("a case whose process dies", () => {
  it.each(["listen", "classify", "answer", "reply"])(
    "right after %s goes on, pays once and answers once",
    async (node) => {
      const { newAgent, storage, told, thread, model } = serviceScene([sorted("billing"), priceAnswer], {
        clock: systemClock,
      });
      const died = happening();
      const first: DurableFlows = durableFlows({
        ...{ storage, ...quick },
        onEvent(event) {
          // Before it could say so: the node runs again elsewhere.
          if (event.type !== "node-finished" || event.node !== node) return;
          void first[Symbol.asyncDispose]().then(died.happen);
        },
      });
      newAgent({ checkpointer: first })
        .open(opening, { tenant, runId })
        .result()
        .catch(() => {});
      await died.happened;

      await using second = durableFlows({ storage, ...quick });
      const living = newAgent({ checkpointer: second });
      second.work();
      await expect
        .poll(async () => (await living.graph.getState(runId, { tenant }))?.on, patient)
        .toMatchObject([{ name: "message" }]);
      expect(told()).toEqual([priceText]);
      expect(await thread()).toEqual(["user: What is the price?", `assistant: ${priceText}`]);
      expect(model.requests).toHaveLength(2);
    },
  );

  it("goes on between two nodes, without paying twice, and answers once", async () => {
    const { newAgent, storage, told, thread } = serviceScene([], { clock: systemClock });
    const first = durableFlows({ storage, ...quick });
    const answering = happening();
    const classifyModel = scriptedModel([sorted("billing")]);
    const model = scriptedModel(() => {
      answering.happen();
      return { until: never() };
    });
    const dying = newAgent({ checkpointer: first, classifyModel, model });
    dying
      .open(opening, { tenant, runId })
      .result()
      .catch(() => {});
    await answering.happened;
    await first[Symbol.asyncDispose]();

    await using second = durableFlows({ storage, ...quick });
    newAgent({ checkpointer: second, classifyModel: scriptedModel([]), model: scriptedModel([priceAnswer]) });
    second.work();
    await expect.poll(told, patient).toEqual([priceText]);
    await expect.poll(thread, patient).toEqual(["user: What is the price?", `assistant: ${priceText}`]);
  });

  it("after the reply went out and before it could say so: it is looked up, and not sent again", async () => {
    const { newAgent, channel, storage, told, thread } = serviceScene([sorted("billing"), priceAnswer], {
      clock: systemClock,
    });
    const first = durableFlows({ storage, ...quick });
    const sent = happening();
    const hanging = {
      ...channel,
      send: async (...given: Parameters<typeof channel.send>) => {
        await channel.send(...given);
        sent.happen();
        await never();
      },
    };
    newAgent({ checkpointer: first, channel: hanging })
      .open(opening, { tenant, runId })
      .result()
      .catch(() => {});
    await sent.happened;
    await first[Symbol.asyncDispose]();

    await using second = durableFlows({ storage, ...quick });
    const living = newAgent({ checkpointer: second });
    second.work();
    await expect
      .poll(async () => (await living.graph.getState(runId, { tenant }))?.on, patient)
      .toMatchObject([{ name: "message" }]);
    expect(told()).toEqual([priceText]);
    expect(await thread()).toEqual(["user: What is the price?", `assistant: ${priceText}`]);
  }, 20_000);

  it("waits for a person meanwhile, who answers from anywhere", async () => {
    const { newAgent, storage, told } = serviceScene([sorted("refund")], { clock: systemClock });
    const first = durableFlows({ storage, ...quick });
    await newAgent({ checkpointer: first }).open(opening, { tenant, runId }).result();
    await first[Symbol.asyncDispose]();

    await using elsewhere = durableFlows({ storage, work: "elsewhere" });
    const desk = newAgent({ checkpointer: elsewhere });
    const [question] = (await desk.escalations.list({ tenant })).items;
    await desk.answer(question?.id ?? "", { tenant, by, text: "On Friday." });

    await using second = durableFlows({ storage, ...quick });
    newAgent({ checkpointer: second });
    second.work();
    await expect.poll(() => told().at(-1), patient).toBe("On Friday.");
    expect(told()).toHaveLength(2);
  });
});
