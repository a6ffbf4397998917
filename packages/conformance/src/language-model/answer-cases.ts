import { type JsonValue, type ModelEvent, SalesAgentError, type ToolCallPart } from "@salesagent/ports";
import { type Bench, type ModelCase, rejectionOf } from "./bench.js";
import { collect, comparableResult, reasoningOf } from "./reading.js";
import { ASK, ASK_FOR_SCORE, ASK_WITH_TOOLS, GREETING } from "./requests.js";
import type { ModelScenario } from "./scenario.js";

const REASONING: ModelScenario = {
  reasoning: "The reader is called Ada. A greeting fits.",
  text: "Hello, Ada.",
  tokensPerEvent: 1,
  usage: { inputTokens: 40, outputTokens: 20, reasoningTokens: 9 },
};

const INPUTS: readonly JsonValue[] = [{ domain: "figma.com" }, { domain: "zürich.example 🎯" }];

const TWO_CALLS: ModelScenario = {
  toolCalls: INPUTS.map((input) => ({ name: "lookup_company", arguments: input })),
};
const ONE_CALL: ModelScenario = {
  toolCalls: [{ name: "lookup_company", arguments: { domain: "figma.com" } }],
};
const BROKEN_ARGUMENTS = '{"domain": "figma.com"';

const noTools = (abilities: { readonly tools: boolean }) => !abilities.tools && "the model takes no tools";

/** What an answer holds: reasoning, tool calls, structured output, usage, and the same in both deliveries. */
export const answerCases: readonly ModelCase[] = [
  {
    name: "tells the usage and never counts a part beyond its total",
    async run(bench) {
      const { usage } = await bench.stream().result();
      bench.expect(usage).toMatchObject({ inputTokens: 40, outputTokens: 12 });
      bench.expect([undefined, 16]).toContain(usage.cachedInputTokens);
      bench.expect(usage.reasoningTokens ?? 0).toBeLessThanOrEqual(12);
    },
  },
  {
    name: "tells the cost exactly when the price or the vendor tells it",
    async run(bench) {
      const { costUsd, attempts } = await bench.stream().result();
      const { price } = bench.harness.model.profile;
      if (price) bench.expect(costUsd ?? Number.NaN).toBeGreaterThanOrEqual(0);
      if (price && price.output > 0) bench.expect(costUsd).toBeGreaterThan(0);
      bench.expect(attempts[0]?.costUsd).toBe(costUsd);
    },
  },
  {
    name: "accounts for its one attempt",
    async run(bench) {
      const { model } = bench.harness;
      const { attempts, usage, timings, requestId } = await bench.stream().result();
      bench.expect(attempts).toHaveLength(1);
      bench.expect(attempts[0]).toMatchObject({
        provider: model.provider,
        modelId: model.modelId,
        outcome: "completed",
        usage,
      });
      bench.expect(attempts[0]?.requestId).toBe(requestId);
      bench.expect(timings.firstTokenMs ?? 0).toBeLessThanOrEqual(timings.totalMs);
    },
  },
  {
    name: "tells the vendor's request id",
    skip: (_, habits) => habits.requestId === false && "the vendor sends no request id",
    async run(bench) {
      const { requestId } = await bench.stream().result();
      bench.expect(typeof requestId).toBe("string");
      bench.expect(requestId).not.toBe("");
    },
  },
  {
    name: "says that the answer was cut at the token limit",
    scenario: { ...GREETING, finish: "length" },
    run: (bench) => expectFinish(bench, "length"),
  },
  {
    name: "says that the answer was filtered",
    scenario: { ...GREETING, finish: "content-filter" },
    skip: (_, habits) => habits.contentFilter === false && "the vendor has no reason for filtered content",
    run: (bench) => expectFinish(bench, "content-filter"),
  },
  {
    name: "gives the reasoning apart from the text, and before it",
    scenario: REASONING,
    skip: (abilities) => !abilities.reasoning && "the model does not reason",
    async run(bench) {
      const stream = bench.stream();
      const events = await collect(stream);
      const result = await stream.result();
      bench.expect(reasoningOf(events)).toBe(REASONING.reasoning);
      bench.expect(result).toMatchObject({ reasoning: REASONING.reasoning, text: REASONING.text });
      bench.expect(result.message.parts.map((part) => part.type)).toEqual(["reasoning", "text"]);
      bench.expect([undefined, 9]).toContain(result.usage.reasoningTokens);
    },
  },
  {
    name: "gives one tool call: start, deltas, end",
    scenario: ONE_CALL,
    skip: noTools,
    async run(bench) {
      const stream = bench.stream({}, ASK_WITH_TOOLS);
      expectWellFormedCalls(bench, await collect(stream));
      const { toolCalls, finishReason } = await stream.result();
      bench
        .expect(toolCalls.map(({ name, input }) => ({ name, input })))
        .toEqual([{ name: "lookup_company", input: { domain: "figma.com" } }]);
      bench.expect(finishReason).toBe("tool-calls");
    },
  },
  {
    name: "assembles the arguments of parallel tool calls, each its own",
    scenario: TWO_CALLS,
    skip: (abilities) =>
      noTools(abilities) || (!abilities.parallelTools && "the model calls one tool at a time"),
    async run(bench) {
      const stream = bench.stream({}, ASK_WITH_TOOLS);
      expectWellFormedCalls(bench, await collect(stream));
      const { toolCalls } = await stream.result();
      bench.expect(toolCalls.map((call) => call.input)).toEqual(INPUTS);
      bench.expect(new Set(toolCalls.map((call) => call.callId)).size).toBe(2);
    },
  },
  {
    name: "takes a tool call without arguments as {}",
    scenario: { toolCalls: [{ name: "current_time", arguments: "" }] },
    skip: noTools,
    async run(bench) {
      const { toolCalls } = await bench.stream({}, ASK_WITH_TOOLS).result();
      bench.expect(toolCalls.map((call) => call.input)).toEqual([{}]);
    },
  },
  {
    name: "fails a tool call whose arguments are not JSON, and keeps the text",
    scenario: { toolCalls: [{ name: "lookup_company", arguments: BROKEN_ARGUMENTS }] },
    skip: (abilities, habits) =>
      noTools(abilities) || (habits.argumentsText === false && "the format carries arguments as an object"),
    async run(bench) {
      const failure = await rejectionOf(bench.stream({}, ASK_WITH_TOOLS).result());
      bench.expect(SalesAgentError.is(failure, "model.malformed_tool_call")).toBe(true);
      bench.expect(failure).toMatchObject({
        facts: { tool: "lookup_company", argumentsText: BROKEN_ARGUMENTS },
      });
    },
  },
  {
    name: "takes its own answer back with the tool's result",
    scenario: ONE_CALL,
    skip: noTools,
    async run(bench) {
      const { message, toolCalls } = await bench.stream({}, ASK_WITH_TOOLS).result();
      const [call] = toolCalls as readonly [ToolCallPart];
      const { callId, name } = call;
      const answer = { type: "tool-result", callId, name, output: { employees: 1500 } } as const;
      const messages = [
        ...ASK.messages,
        message,
        { role: "tool", parts: [{ ...answer, failed: false, origin: "tool" }] } as const,
      ];
      const second = await bench.stream({}, { ...ASK_WITH_TOOLS, messages }).result();
      bench.expect(second.finishReason).toBe("tool-calls");
    },
  },
  {
    name: "says so when it takes no tools",
    skip: (abilities) => abilities.tools && "the model takes tools",
    run: (bench) => expectSaid(bench, bench.stream({}, ASK_WITH_TOOLS), "tools"),
  },
  {
    name: "brings structured output as the JSON that was asked for",
    scenario: { text: '{"company":"Figma","score":87}' },
    skip: (abilities) =>
      abilities.structuredOutput === "none" && "the model has no structured output of its own",
    async run(bench) {
      const { text } = await bench.stream({}, ASK_FOR_SCORE).result();
      bench.expect(JSON.parse(text)).toEqual({ company: "Figma", score: 87 });
    },
  },
  {
    name: "says so when no schema is enforced",
    scenario: { text: '{"company":"Figma","score":87}' },
    skip: (abilities) => abilities.structuredOutput === "schema" && "the vendor enforces schemas",
    run: (bench) => expectSaid(bench, bench.stream({}, ASK_FOR_SCORE), "output"),
  },
  {
    name: "says so when it takes no sampling settings",
    skip: (abilities) => abilities.sampling && "the model takes sampling settings",
    run: (bench) => expectSaid(bench, bench.stream({}, { ...ASK, temperature: 0.2 }), "temperature"),
  },
  sameInBothDeliveries("text", GREETING),
  sameInBothDeliveries("reasoning", REASONING, (abilities) => !abilities.reasoning && "no reasoning"),
  sameInBothDeliveries(
    "tool calls",
    TWO_CALLS,
    (abilities) => !abilities.parallelTools && "no parallel tools",
  ),
];

function sameInBothDeliveries(what: string, scenario: ModelScenario, skip?: ModelCase["skip"]): ModelCase {
  return {
    name: `brings ${what} whole as it does streamed`,
    scenario,
    ...(skip ? { skip } : {}),
    async run(bench) {
      const request = scenario.toolCalls ? ASK_WITH_TOOLS : ASK;
      const streamed = await bench.stream({ delivery: "streamed" }, request).result();
      const stream = bench.stream({ delivery: "whole" }, request);
      const events = await collect(stream);
      const whole = await stream.result();
      bench.expect(comparableResult(whole)).toEqual(comparableResult(streamed));
      bench.expect(events[0]?.type).toBe("start");
      bench.expect(events[events.length - 1]?.type).toBe("finish");
      bench.expect(events.filter((event) => event.type === "text-delta").length).toBeLessThanOrEqual(1);
    },
  };
}

async function expectFinish(bench: Bench, reason: string): Promise<void> {
  for (const delivery of ["streamed", "whole"] as const) {
    const { finishReason } = await bench.stream({ delivery }).result();
    bench.expect(finishReason, delivery).toBe(reason);
  }
}

/** What a model can't do is an error or a warning, never silence. */
async function expectSaid(bench: Bench, stream: ReturnType<Bench["stream"]>, field: string): Promise<void> {
  try {
    const { warnings } = await stream.result();
    bench.expect(warnings.map((warning) => warning.field)).toContain(field);
  } catch (failure) {
    bench.expect(SalesAgentError.is(failure, "model.bad_request"), String(failure)).toBe(true);
  }
}

/** Each call starts once, then has its deltas, then ends once, and its deltas are the JSON text of its input. */
function expectWellFormedCalls(bench: Bench, events: readonly ModelEvent[]): void {
  const open = new Map<string, string>();
  const ended = new Set<string>();
  for (const event of events) {
    if (event.type === "tool-call-start") {
      bench.expect(open.has(event.callId) || ended.has(event.callId)).toBe(false);
      open.set(event.callId, "");
    } else if (event.type === "tool-call-delta") {
      bench.expect(open.has(event.callId), "a delta belongs to an open call").toBe(true);
      open.set(event.callId, `${open.get(event.callId)}${event.argumentsText}`);
    } else if (event.type === "tool-call-end") {
      bench.expect(open.has(event.callId), "an end belongs to an open call").toBe(true);
      bench.expect(JSON.parse(open.get(event.callId) ?? "")).toEqual(event.input);
      open.delete(event.callId);
      ended.add(event.callId);
    }
  }
  bench.expect([...open.keys()], "calls that never ended").toEqual([]);
}
