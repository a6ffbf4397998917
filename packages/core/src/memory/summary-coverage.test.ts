import { userMessage } from "@salesagent/ports";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transcriptIssues } from "../model/transcript.js";
import { createMemory } from "./create-memory.js";
import { answer, textsOf } from "./testing/conversation.js";
import { counting, numbered } from "./testing/counting-summariser.js";
import { turns } from "./testing/random-transcript.js";

const acme = { tenant: "acme" };

describe("summaries and windows", () => {
  it("tell of all that was said, whoever adds and summarises at once, or count what they leave out", async () => {
    const actions = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant("append" as const), said: turns }),
        fc.record({
          kind: fc.constant("context" as const),
          maxTokens: fc.constantFrom(150, 300, 500),
        }),
        fc.record({ kind: fc.constant("summarise" as const) }),
      ),
      { maxLength: 25 },
    );
    const failures = fc.array(fc.nat(20), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(actions, failures, fc.scheduler(), async (planned, failing, scheduler) => {
        const storage = memoryStorage();
        const summariser = counting(
          (index) => failing.includes(index),
          () => scheduler.schedule(Promise.resolve()),
        );
        const memory = createMemory({
          ...{ storage, summariser, onError: () => {} },
          window: { maxTokens: 500, summariseAboveTokens: 200 },
          summary: { maxTokens: 100 },
        });
        let length = 0;
        let adding: Promise<unknown> = Promise.resolve();
        const done = planned.map(async (action) => {
          await scheduler.schedule(Promise.resolve());
          if (action.kind === "append") {
            const said = numbered(action.said, length);
            length += said.length;
            adding = adding.then(() => memory.append("t", said, acme));
            await adding;
          }
          if (action.kind === "summarise") await memory.summarise("t", acme).catch(() => {});
          if (action.kind !== "context") return;
          const told = await memory.context("t", { ...acme, maxTokens: action.maxTokens });
          const from = told.summary ? told.summary.upTo + 1 : 0;
          const window = told.messages.slice(told.summary ? 1 : 0);
          expect(told.tokens).toBeLessThanOrEqual(action.maxTokens);
          expect(transcriptIssues(told.messages)).toEqual([]);
          expect(told.summary?.text ?? `up to ${from - 1}`).toBe(`up to ${from - 1}`);
          expect(told.from - from).toBe(told.droppedMessages);
          const marks = textsOf(window).map(
            (text, index) => /#(\d+)#/.exec(text)?.[1] ?? `${told.from + index}`,
          );
          expect(marks).toEqual(window.map((_, index) => `${told.from + index}`));
          expect(told.from + window.length).toBe(told.length);
        });
        await scheduler.waitFor(Promise.all(done));
        const { messages } = storage.tenant("acme");
        const summary = (await messages.thread("t"))?.summary;
        if (summary) expect(summary.text).toBe(`up to ${summary.upTo}`);
      }),
      { numRuns: 150 },
    );
  });

  it("leave nothing out where the summariser works and the last turn fits", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 12 }), async (batches) => {
        const summariser = counting();
        const memory = createMemory({
          ...{ storage: memoryStorage(), summariser },
          window: { maxTokens: 500, summariseAboveTokens: 200 },
          summary: { maxTokens: 100 },
        });
        let said = 0;
        for (const count of batches) {
          const turn = Array.from({ length: count }, () => [userMessage("a"), answer("b")]).flat();
          await memory.append("t", numbered(turn, said), acme);
          said += turn.length;
          const told = await memory.context("t", acme);
          expect(told.droppedMessages).toBe(0);
          expect(told.from).toBeLessThan(said);
          if (told.summary) expect(told.summary.text).toBe(`up to ${told.from - 1}`);
        }
      }),
      { numRuns: 100 },
    );
  });
});
