import { manualClock } from "@salesagent/conformance";
import { type ModelEvent, type ModelRequest, SalesAgentError, userMessage } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ScriptedReply } from "../scripted-model/scripted-model.js";
import { ModelRouter } from "./model-router.js";
import { modelFailure } from "./testing/model-failure.js";
import { namedModel } from "./testing/named-model.js";
import { readByGrammar } from "./testing/stream-grammar.js";

const CODES = [
  ...(["model.auth", "model.quota_exhausted", "model.rate_limited", "model.overloaded"] as const),
  ...(["model.server_error", "model.not_found", "model.bad_request", "model.context_length"] as const),
  ...(["model.content_filtered", "model.unreachable", "model.timed_out", "model.stream_cut"] as const),
  ...(["model.malformed_response", "model.malformed_tool_call"] as const),
];

interface Behaviour {
  /** How many words come before the failure; all of them without one. */
  readonly words: number;
  readonly code: (typeof CODES)[number] | "foreign" | undefined;
  readonly retryAfterMs: number | undefined;
  readonly part: "text" | "reasoning" | "tool";
}

const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  words: fc.nat({ max: 12 }),
  code: fc.option(fc.constantFrom(...CODES, "foreign" as const), { nil: undefined, freq: 3 }),
  retryAfterMs: fc.option(fc.nat({ max: 90_000 }), { nil: undefined }),
  part: fc.constantFrom("text", "text", "reasoning", "tool"),
});

const WORDS = 12;

/** Each model's own words, so that a doubled, mixed or shortened text is seen. */
const wordOf = (model: string, index: number) => `${model}${index} `;
const textOf = (model: string) => Array.from({ length: WORDS }, (_, index) => wordOf(model, index)).join("");

function replyOf(
  model: string,
  { words, code, retryAfterMs, part }: Behaviour,
  request: ModelRequest,
): ScriptedReply {
  const last = request.messages.at(-1);
  const begun = last?.role === "assistant" && last.parts[0]?.type === "text" ? last.parts[0].text : undefined;
  const own = Array.from({ length: WORDS }, (_, index) => wordOf(model, index));
  // What is left to say counts words, so that a continuation shows where it took over.
  const left =
    begun === undefined ? own : own.slice(begun.trim().split(" ").length).map((word) => ` ${word}`);
  if (code === undefined) return { text: left };
  const error =
    code === "foreign"
      ? new Error("foreign failure")
      : modelFailure(code, retryAfterMs === undefined ? {} : { retryAfterMs });
  if (part === "reasoning") return { reasoning: "hm", error };
  if (part === "tool") return { toolCalls: words > 6 ? [{ name: "lookup" }] : [], error };
  return { text: left.slice(0, words), error };
}

/** Rings timers until the call has settled. */
async function settle<T>(work: Promise<T>, clock: ReturnType<typeof manualClock>): Promise<T> {
  let settled = false;
  const done = () => {
    settled = true;
  };
  work.then(done, done);
  for (let turns = 0; !settled; turns++) {
    if (turns > 100_000) throw new Error("the call hangs");
    await Promise.resolve();
    if (turns % 50 === 49) clock.advance(5_000);
  }
  return work;
}

describe("any sequence of failures", () => {
  it("ends in one whole text or one error, by the grammar, with every attempt told", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(behaviour, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom("restart" as const, "continue" as const),
        fc.boolean(),
        fc.nat(3),
        async (plans, takeover, hedged, retries) => {
          const clock = manualClock();
          const names = plans.map((_, index) => "abc".charAt(index));
          const begun: string[] = [];
          const ended: string[] = [];
          let unsent = 0;
          const models = plans.map((plan, index) => {
            const name = names[index] ?? "";
            const script = (request: ModelRequest, call: number) =>
              replyOf(name, plan[Math.min(call, plan.length - 1)] ?? failing, request);
            return namedModel(name, script, prefilling);
          });
          const router = new ModelRouter({
            candidates: models,
            ...{ takeover, clock, retry: { retries }, random: () => 0.5 },
            ...(hedged && models.length > 1 ? { hedge: { afterMs: 1 } } : {}),
          });
          const guard = {
            begin: ({ modelId }: { modelId: string }) => {
              begun.push(modelId);
              return {
                end({ modelId: told, errorCode }: { modelId: string; errorCode?: string }) {
                  ended.push(told);
                  if (errorCode === "refused") unsent++;
                },
              };
            },
          };
          const stream = router.stream(request, { guards: [guard] });
          const events: ModelEvent[] = [];
          const reading = (async () => {
            for await (const event of stream) events.push(event);
            return stream.result();
          })();
          const outcome = await settle(
            reading.then(
              (result) => ({ result }),
              (error: unknown) => ({ error }),
            ),
            clock,
          );
          const { text, ended: finished } = readByGrammar(events);
          for (let turn = 0; turn < 20; turn++) await Promise.resolve();
          expect([...ended].sort()).toEqual([...begun].sort());
          expect(begun.length - unsent).toBe(models.reduce((sum, model) => sum + model.requests.length, 0));
          expect(begun.length).toBeLessThanOrEqual(names.length * 2 * (retries + 1));
          if ("error" in outcome) {
            expect(finished).toBe(false);
            expect(SalesAgentError.is(outcome.error) || outcome.error instanceof Error).toBe(true);
            return;
          }
          const { result } = outcome;
          expect(finished).toBe(true);
          expect(text).toBe(result.text);
          expect(isWhole(result.text, names)).toBe(true);
          expect(result.attempts).toHaveLength(begun.length);
          expect(result.attempts.at(-1)).toMatchObject({ modelId: result.modelId, outcome: "completed" });
          const total = result.attempts.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0);
          expect(result.costUsd).toBeCloseTo(total, 9);
        },
      ),
      chaos,
    );
  });
});

/** `npm run test:chaos` asks for many more cases, from a seed that it prints. */
const { CHAOS_RUNS, CHAOS_SEED } = process.env;
const chaos = {
  numRuns: Number(CHAOS_RUNS ?? 300),
  ...(CHAOS_SEED === undefined ? {} : { seed: Number(CHAOS_SEED) }),
};

const request: ModelRequest = { messages: [userMessage("Tell me.")] };
const failing: Behaviour = { words: 0, code: "model.server_error", retryAfterMs: undefined, part: "text" };
const prefilling = { abilities: { ...namedModel("x", {}).profile.abilities, prefill: true } };

/** Words 0 … 11, each once, in order, of one model from each takeover on. */
function isWhole(text: string, names: readonly string[]): boolean {
  const words = text.trim().split(/\s+/);
  return (
    names.some((name) => text === textOf(name)) ||
    (words.length === WORDS &&
      words.every((word, index) => names.includes(word.charAt(0)) && word.slice(1) === `${index}`))
  );
}
