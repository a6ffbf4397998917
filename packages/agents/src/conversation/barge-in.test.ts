import { type DurableFlows, durableFlows, memoryCheckpointer } from "@salesagent/core/graph";
import { createMemory, type SessionMemory } from "@salesagent/core/memory";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { createModelStream, type LanguageModel, systemClock } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rehearsalSpeech } from "../rehearsal/rehearsal-speech.js";
import {
  conversationScene,
  eventsOf,
  noted,
  recorded,
  tenant,
  threadId,
} from "./testing/conversation-scene.js";

const turn = { tenant, threadId };
const never = () => new Promise<never>(() => {});
const oneTurn = () => new Promise((resolve) => setImmediate(resolve));

describe("a customer who cuts in", () => {
  it("ends model and speech within one turn, and only what was heard stands in the thread", async () => {
    const aborted: string[] = [];
    const model = endless((signal) => signal.addEventListener("abort", () => aborted.push("model")));
    const whole = rehearsalSpeech();
    const speaker = {
      ...whole,
      speak: (text: string, options: { signal?: AbortSignal | undefined } = {}) => {
        options.signal?.addEventListener("abort", () => aborted.push("speech"));
        return whole.speak(text, options);
      },
    };
    const { agent, thread } = conversationScene([], { model, speaker });
    const caller = new AbortController();
    const reason = new Error("the customer speaks");
    const cut = agent.turn({ text: "Tell me all." }, { ...turn, signal: caller.signal });
    const reading = (async () => {
      for await (const event of cut) if (event.type === "audio" && event.sentence === 2) caller.abort(reason);
    })();
    await expect(reading).rejects.toBe(reason);
    expect([...new Set(aborted)].sort()).toEqual(["model", "speech"]);
    await cut.settled();
    expect(await thread()).toEqual([
      "user: Tell me all.",
      "assistant: This is 0 too. This is 1 too. [cut off]",
    ]);
  });

  it("rejects with the caller's reason while everything hangs", async () => {
    const speaker = {
      ...rehearsalSpeech(),
      speak: () => ({ [Symbol.asyncIterator]: () => ({ next: never }) }),
    };
    const { agent, thread } = conversationScene([{ text: "One. Two." }], { speaker });
    const caller = new AbortController();
    const cut = agent.turn({ text: "Count." }, { ...turn, signal: caller.signal });
    const result = cut.result();
    let failure: unknown;
    result.catch((error: unknown) => {
      failure = error;
    });
    await oneTurn();
    const reason = new Error("the customer speaks");
    caller.abort(reason);
    await oneTurn();
    expect(failure).toBe(reason);
    await cut.settled();
    expect(await thread()).toEqual(["user: Count."]);
  });

  it("is told of in the next turn, which knows what was heard and no more", async () => {
    const { agent, model, thread } = conversationScene(
      [{ text: "One. Two is a longer one. Three." }, { text: "Sure." }],
      { speaker: rehearsalSpeech() },
    );
    const cut = agent.turn({ text: "Count." }, turn);
    for await (const event of cut) if (event.type === "audio" && event.sentence === 1) break;
    const next = await agent.turn({ audio: await recorded("Stop!") }, turn).result();

    expect(next.text).toBe("Sure.");
    expect(await thread()).toEqual([
      "user: Count.",
      "assistant: One. [cut off]",
      "user: Stop!",
      "assistant: Sure.",
    ]);
    const told = JSON.stringify(model.requests[1]?.messages);
    expect(told).toMatch(/One\.".*There you were cut off.*Stop!/);
    expect(told).not.toContain("Two");
  });

  it("cuts off a turn that still goes on by beginning the next one", async () => {
    const script = [{ text: "One. And two, which is longer." }, { text: "Yes?" }];
    const { agent, thread } = conversationScene(script, { speaker: rehearsalSpeech() });
    const reading = agent.turn({ text: "Count." }, turn)[Symbol.asyncIterator]();
    let event = await reading.next();
    while (!event.done && !(event.value.type === "audio" && event.value.sentence === 1))
      event = await reading.next();
    await agent.turn({ text: "Wait." }, turn).result();
    await expect(reading.next()).rejects.toThrow("The next turn of the thread cut this one off.");
    expect(await thread()).toEqual([
      "user: Count.",
      "assistant: One. [cut off]",
      "user: Wait.",
      "assistant: Yes?",
    ]);
  });

  it("leaves what was read of a reply in writing", async () => {
    const { agent, thread } = conversationScene([{ text: ["One. ", "Two. ", "Three."] }]);
    const cut = agent.turn({ text: "Count." }, turn);
    let texts = 0;
    for await (const event of cut) if (event.type === "text-delta" && ++texts === 2) break;
    await cut.settled();
    expect(await thread()).toEqual(["user: Count.", "assistant: One. Two. [cut off]"]);
  });

  it("has heard the sentences before the one in which they cut in, wherever that is", async () => {
    const count = 6;
    const sentences = Array.from({ length: count }, (_, index) => `This is ${index} too.`);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), async (pieces) => {
        const { agent, thread } = conversationScene([{ text: sentences.join(" ").match(/.{1,5}/gs) ?? [] }], {
          speaker: rehearsalSpeech(),
        });
        const cut = agent.turn({ text: "Go." }, turn);
        let given = 0;
        let last = -1;
        for await (const event of cut) {
          if (event.type !== "audio") continue;
          last = event.sentence;
          if (++given === pieces) break;
        }
        await cut.settled();
        const said = (await thread())[1]?.replace("assistant: ", "").replace(" [cut off]", "") ?? "";
        const heard = said === "" ? 0 : said.split(/(?<=\.) /).length;
        expect(sentences.slice(0, heard).join(" ")).toBe(said);
        // The sentence that was cut into may have been at its very end.
        expect([last, last + 1]).toContain(heard);
      }),
      { numRuns: 40 },
    );
  });
});

describe("a turn in writing that is kept", () => {
  const quick = { leaseMs: 300, pollMs: 10 };

  it("goes on in another process when its own dies between two nodes, and is answered once", async () => {
    const { newAgent, storage, thread } = conversationScene([], { clock: systemClock });
    const intents = { greet: "says hello" };
    const found = { text: JSON.stringify({ intent: "greet", confidence: 1 }) };
    const first = durableFlows({ storage, ...quick });
    let isReplying = () => {};
    const replying = new Promise<void>((resolve) => {
      isReplying = resolve;
    });
    const dying = newAgent({
      ...{ intents, checkpointer: first, intentModel: scriptedModel([found]) },
      model: endless(() => isReplying()),
    });
    dying
      .turn({ text: "Hi" }, { ...turn, turnId: "m1" })
      .result()
      .catch(() => {});
    await replying;
    await first[Symbol.asyncDispose]();

    await using second = durableFlows({ storage, ...quick });
    const model = scriptedModel([{ text: "Hello." }]);
    const intentModel = scriptedModel([]);
    const living = newAgent({ intents, checkpointer: second, intentModel, model });
    const again = await eventsOf(living.turn({ text: "Hi" }, { ...turn, turnId: "m1" }));
    expect(again.at(-1)).toMatchObject({ outcome: "answered", text: "Hello.", intent: { name: "greet" } });
    expect([model.requests.length, intentModel.requests.length]).toEqual([1, 0]);
    expect(await thread()).toEqual(["user: Hi", "assistant: Hello."]);
  });

  it.each(["transcribe", "intent", "respond", "speak"])(
    "goes on after %s, pays once and is answered once",
    async (node) => {
      const intents = { greet: "says hello" };
      const found = { text: JSON.stringify({ intent: "greet", confidence: 1 }) };
      const { newAgent, storage, thread, model } = conversationScene([found, { text: "Hello." }], {
        clock: systemClock,
      });
      let isDead = () => {};
      const dead = new Promise<void>((resolve) => {
        isDead = resolve;
      });
      const first: DurableFlows = durableFlows({
        ...{ storage, ...quick },
        onEvent(event) {
          // Before it could say so: the node runs again elsewhere.
          if (event.type === "node-finished" && event.node === node)
            void first[Symbol.asyncDispose]().then(isDead);
        },
      });
      const asked = { ...turn, turnId: "m1" };
      const left = newAgent({ intents, checkpointer: first }).turn({ text: "Hi" }, asked);
      left.result().catch(() => {});
      await dead;

      await using second = durableFlows({ storage, ...quick });
      const living = newAgent({ intents, checkpointer: second });
      expect((await living.turn({ text: "Hi" }, asked).result()).text).toBe("Hello.");
      expect(await thread()).toEqual(["user: Hi", "assistant: Hello."]);
      expect(model.requests).toHaveLength(2);
    },
  );

  it("is over when the reader leaves, with what they read, and is not gone on with", async () => {
    const { newAgent, storage, thread } = conversationScene([], { clock: systemClock });
    await using flows = durableFlows({ storage, ...quick });
    let signal: AbortSignal | undefined;
    const model = endless((its) => {
      signal = its;
    });
    const agent = newAgent({ checkpointer: flows, model });
    const cut = agent.turn({ text: "Go." }, { ...turn, turnId: "m1" });
    for await (const event of cut) if (event.type === "text-delta") break;
    expect(signal?.aborted).toBe(true);
    await cut.settled();
    expect(await agent.graph.getState("m1", { tenant })).toMatchObject({
      status: "completed",
      state: { outcome: "cut-off", said: "This is 0 too. " },
    });
    expect(await thread()).toEqual(["user: Go.", "assistant: This is 0 too. [cut off]"]);
  });

  it("is stopped where another process works on it and the reader leaves", async () => {
    const { newAgent, storage, thread } = conversationScene([], { clock: systemClock });
    await using elsewhere = durableFlows({ storage, work: "elsewhere" });
    const agent = newAgent({ checkpointer: elsewhere });
    const caller = new AbortController();
    const cut = agent.turn({ text: "Go." }, { ...turn, turnId: "m1", signal: caller.signal });
    const result = cut.result();
    result.catch(() => {});
    await expect
      .poll(() => agent.graph.getState("m1", { tenant }), { timeout: 10_000 })
      .toMatchObject({ status: "pending" });
    caller.abort(new Error("left"));
    await expect(result).rejects.toThrow("left");
    await expect
      .poll(async () => (await agent.graph.getState("m1", { tenant }))?.stop, { timeout: 10_000 })
      .toMatchObject({ by: "reader" });
    await cut.settled();
    expect(await thread()).toEqual(["user: Go."]);
  });

  it("stands in its thread once where its process dies right after it was put there", async () => {
    const { newAgent, storage, thread } = conversationScene([{ text: "Hello." }], { clock: systemClock });
    const memory = createMemory({ storage });
    let isKept = () => {};
    const kept = new Promise<void>((resolve) => {
      isKept = resolve;
    });
    const dying: SessionMemory = {
      ...memory,
      append: async (...given) => {
        await memory.append(...given);
        isKept();
        return never();
      },
    };
    const first = durableFlows({ storage, ...quick });
    const asked = { ...turn, turnId: "m1" };
    newAgent({ checkpointer: first, memory: dying })
      .turn({ text: "Hi" }, asked)
      .result()
      .catch(() => {});
    await kept;
    await first[Symbol.asyncDispose]();

    await using second = durableFlows({ storage, ...quick });
    const living = newAgent({ checkpointer: second, memory });
    expect((await living.turn({ text: "Hi" }, asked).result()).text).toBe("Hello.");
    expect(await thread()).toEqual(["user: Hi", "assistant: Hello."]);
  });

  it("is told again to who asks for it again, and not answered again", async () => {
    const { agent, model, thread } = conversationScene([{ text: "Hello." }], {
      checkpointer: memoryCheckpointer(),
    });
    const asked = { ...turn, turnId: "m1" };
    const first = await agent.turn({ text: "Hi" }, asked).result();
    const events = await eventsOf(agent.turn({ text: "Hi" }, asked));
    expect(events.map(({ type }) => type)).toEqual(["transcript", "text-delta", "turn-completed"]);
    expect(events.at(-1)).toMatchObject({ text: first.text });
    expect(model.requests).toHaveLength(1);
    expect(await thread()).toEqual(["user: Hi", "assistant: Hello."]);
  });

  it("keeps no audio in its checkpoints: turns with speech run where their line is", async () => {
    const checkpointer = memoryCheckpointer();
    const { speaker } = noted();
    const { agent, thread } = conversationScene([{ text: "Hello." }], { checkpointer, speaker });
    await agent.turn({ audio: await recorded("Hi") }, { ...turn, turnId: "m1" }).result();
    expect(await agent.graph.getState("m1", { tenant })).toBeUndefined();
    expect(await thread()).toEqual(["user: Hi", "assistant: Hello."]);
  });

  it("runs without a listener, too", async () => {
    const { agent, thread } = conversationScene([{ text: "Hello." }]);
    const { state } = await agent.graph.invoke({ threadId, text: "Hi" }, { tenant });
    expect(state).toMatchObject({ outcome: "answered", reply: "Hello.", said: "Hello." });
    expect(await thread()).toEqual(["user: Hi", "assistant: Hello."]);
  });
});

/** A model that writes one sentence after the other, and never ends. */
function endless(onStart: (signal: AbortSignal) => void): LanguageModel {
  return {
    ...scriptedModel([]),
    stream: (_request, call) =>
      createModelStream(async function* ({ signal }) {
        onStart(signal);
        yield [{ type: "start", provider: "test", modelId: "test", warnings: [], rateLimits: [] }];
        for (let index = 0; !signal.aborted; index++) {
          await oneTurn();
          yield [{ type: "text-delta", text: `This is ${index} too. ` }];
        }
      }, call),
  };
}
