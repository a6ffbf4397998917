import type { JsonValue, ModelEvent, ToolCallEndEvent } from "@salesagent/ports";
import { WireFailure } from "@salesagent/provider-kit";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { WireToolCall } from "./chat-wire.js";
import { ToolCallAssembler } from "./tool-call-assembler.js";

function assemble(items: readonly WireToolCall[]): ModelEvent[] {
  let made = 0;
  const assembler = new ToolCallAssembler(() => `made-${++made}`);
  const events: ModelEvent[] = [];
  for (const item of items) assembler.push(item, events);
  assembler.end(events, "vendor");
  return events;
}

const ended = (events: readonly ModelEvent[]) =>
  events
    .filter((event): event is ToolCallEndEvent => event.type === "tool-call-end")
    .map(({ callId, name, input }) => [callId, name, input] as const);

const piece = (
  index: number | undefined,
  args: JsonValue,
  rest: Partial<WireToolCall> & { name?: string } = {},
) => {
  const { name, ...others } = rest;
  return {
    ...(index === undefined ? {} : { index }),
    ...others,
    function: { ...(name === undefined ? {} : { name }), arguments: args },
  };
};

const variants: readonly {
  readonly title: string;
  readonly items: readonly WireToolCall[];
  readonly calls: readonly (readonly [string, string, JsonValue])[];
}[] = [
  {
    title: "fragments with the id in the first only (OpenAI)",
    items: [
      piece(0, "", { id: "call_a", name: "get_capital" }),
      piece(0, '{"'),
      piece(0, 'country":"UK"}'),
      piece(1, "", { id: "call_b", name: "get_capital" }),
      piece(1, '{"country":"FR"}'),
    ],
    calls: [
      ["call_a", "get_capital", { country: "UK" }],
      ["call_b", "get_capital", { country: "FR" }],
    ],
  },
  {
    title: "fragments of parallel calls that interleave",
    items: [
      piece(0, '{"a"', { id: "x", name: "one" }),
      piece(1, '{"b"', { id: "y", name: "two" }),
      piece(0, ":1}"),
      piece(1, ":2}"),
    ],
    calls: [
      ["x", "one", { a: 1 }],
      ["y", "two", { b: 2 }],
    ],
  },
  {
    title: "a whole call in one piece (Cerebras, Groq, Ollama)",
    items: [piece(0, "{}", { id: "bbd2b9d98", name: "nonUsefulTool" })],
    calls: [["bbd2b9d98", "nonUsefulTool", {}]],
  },
  {
    title: "whole parallel calls that all have index 0 (vLLM)",
    items: [
      piece(0, '{"n":1}', { id: "chatcmpl-tool-1", name: "f" }),
      piece(0, '{"n":2}', { id: "chatcmpl-tool-2", name: "f" }),
    ],
    calls: [
      ["chatcmpl-tool-1", "f", { n: 1 }],
      ["chatcmpl-tool-2", "f", { n: 2 }],
    ],
  },
  {
    title: "fragmented parallel calls that all have index 0 (vLLM)",
    items: [
      piece(0, '{"n"', { id: "functions.f:0", name: "f" }),
      piece(0, ":1}"),
      piece(0, '{"n"', { id: "functions.f:1", name: "f" }),
      piece(0, ":2}"),
    ],
    calls: [
      ["functions.f:0", "f", { n: 1 }],
      ["functions.f:1", "f", { n: 2 }],
    ],
  },
  {
    title: "an empty id, index 0 for all (Gemini)",
    items: [piece(0, '{"n":1}', { id: "", name: "f" }), piece(0, '{"n":2}', { id: "", name: "f" })],
    calls: [
      ["made-1", "f", { n: 1 }],
      ["made-2", "f", { n: 2 }],
    ],
  },
  {
    title: "no index and an empty id (Gemini)",
    items: [piece(undefined, "{}", { id: "", name: "f" }), piece(undefined, "{}", { id: "", name: "g" })],
    calls: [
      ["made-1", "f", {}],
      ["made-2", "g", {}],
    ],
  },
  {
    title: "no index (Mistral)",
    items: [
      piece(undefined, '{"n":1}', { id: "D681PevKs", name: "f" }),
      piece(undefined, '{"n":2}', { id: "9KsTnGp2w", name: "f" }),
    ],
    calls: [
      ["D681PevKs", "f", { n: 1 }],
      ["9KsTnGp2w", "f", { n: 2 }],
    ],
  },
  {
    title: "an index that starts at 1 (a gateway that counts the text)",
    items: [
      piece(1, "", { id: "toolu_1", name: "f" }),
      piece(1, '{"n":1}'),
      piece(2, "", { id: "toolu_2", name: "g" }),
    ],
    calls: [
      ["toolu_1", "f", { n: 1 }],
      ["toolu_2", "g", {}],
    ],
  },
  {
    title: 'the id "0" and the name repeated on each piece',
    items: [
      piece(0, "", { id: "0", name: "weather" }),
      piece(0, '{"city":', { id: "0", name: "weather" }),
      piece(0, '"Oslo"}', { id: "0", name: "weather" }),
    ],
    calls: [["0", "weather", { city: "Oslo" }]],
  },
  {
    title: "the name repeated without an id, with an empty last piece",
    items: [
      piece(0, '{"city":', { name: "weather" }),
      piece(0, '"Oslo"}', { name: "weather" }),
      piece(0, "", { name: "weather" }),
    ],
    calls: [["made-1", "weather", { city: "Oslo" }]],
  },
  {
    title: "an id once, then empty ids and null names",
    items: [
      piece(0, null, { id: "llm_version:0", name: "llm_version" }),
      { index: 0, id: "", function: { name: null, arguments: "{" } },
      { index: 0, id: "", function: { name: null, arguments: "}" } },
    ],
    calls: [["llm_version:0", "llm_version", {}]],
  },
  {
    title: "arguments that are null throughout",
    items: [piece(0, null, { id: "a", name: "now" }), { index: 0, function: { arguments: null } }],
    calls: [["a", "now", {}]],
  },
  {
    title: "arguments as an object",
    items: [piece(0, { city: "Oslo" }, { id: "a", name: "weather" })],
    calls: [["a", "weather", { city: "Oslo" }]],
  },
  {
    title: "a new id for every piece",
    items: [
      piece(0, "", { id: "r1", name: "weather" }),
      piece(0, '{"city"', { id: "r2" }),
      piece(0, ':"Oslo"}', { id: "r3" }),
    ],
    calls: [["r1", "weather", { city: "Oslo" }]],
  },
  {
    title: "one id for two calls",
    items: [piece(0, '{"n":1}', { id: "same", name: "f" }), piece(1, '{"n":2}', { id: "same", name: "f" })],
    calls: [
      ["same", "f", { n: 1 }],
      ["made-1", "f", { n: 2 }],
    ],
  },
  {
    title: "a name that comes after the first arguments",
    items: [piece(0, '{"n"', { id: "a" }), piece(0, ":1}", { name: "f" })],
    calls: [["a", "f", { n: 1 }]],
  },
  {
    title: "an escape and a surrogate pair cut in two",
    items: [
      piece(0, '{"s":"\\ud83', { id: "a", name: "f" }),
      piece(0, "d\\ude00 \ud83d"),
      piece(0, '\ude00"}'),
    ],
    calls: [["a", "f", { s: "😀 😀" }]],
  },
];

describe("ToolCallAssembler", () => {
  it.each(variants)("reads $title", ({ items, calls }) => {
    expect(ended(assemble(items))).toEqual(calls);
  });

  it.each(variants)("starts each call once, before its pieces and its end: $title", ({ items, calls }) => {
    const events = assemble(items);
    for (const [callId] of calls) {
      const types = events.flatMap((event) =>
        "callId" in event && event.callId === callId ? [event.type] : [],
      );
      expect(types[0]).toBe("tool-call-start");
      expect(types.at(-1)).toBe("tool-call-end");
      expect(types.slice(1, -1).every((type) => type === "tool-call-delta")).toBe(true);
    }
  });

  it("keeps what must be sent back with a call, even when it comes alone", () => {
    const google = { google: { thought_signature: "sig" } };
    const events = assemble([piece(0, "{}", { id: "", name: "f" }), { index: 0, extra_content: google }]);
    expect(events.at(-1)).toMatchObject({ providerData: { vendor: { extra_content: google } } });
  });

  it("refuses arguments that are not JSON and keeps their text", () => {
    const failing = () => assemble([piece(0, '{"n":', { id: "a", name: "f" })]);
    expect(failing).toThrow(WireFailure);
    expect(failing).toThrow(
      expect.objectContaining({
        init: expect.objectContaining({ toolCall: { tool: "f", argumentsText: '{"n":' } }),
      }),
    );
  });

  it("refuses a call that never gets a name", () => {
    expect(() => assemble([piece(0, "{}", { id: "a" })])).toThrow(WireFailure);
  });

  it("gives the same calls however arguments are cut and calls interleave", () => {
    const call = fc.record({
      name: fc.constantFrom("alpha", "beta", "gamma"),
      input: fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
      cuts: fc.array(fc.nat({ max: 60 }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(
        fc.array(call, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        (calls, random) => {
          const queues = calls.map(({ name, input, cuts }, index) => {
            const text = JSON.stringify(input);
            const ends = [...cuts.filter((at) => at < text.length).sort((a, b) => a - b), text.length];
            const pieces = ends.map((end, at) => piece(index, text.slice(ends[at - 1] ?? 0, end)));
            return [piece(index, "", { id: `id-${index}`, name }), ...pieces];
          });
          const items: WireToolCall[] = [];
          for (let left = queues.filter((queue) => queue.length > 0); left.length > 0; ) {
            const queue = left[random.next().value % left.length];
            const next = queue?.shift();
            if (next) items.push(next);
            left = left.filter((each) => each.length > 0);
          }
          const got = new Map(ended(assemble(items)).map(([id, name, input]) => [id, { name, input }]));
          for (const [index, { name, input }] of calls.entries()) {
            expect(got.get(`id-${index}`)).toEqual({ name, input: JSON.parse(JSON.stringify(input)) });
          }
          expect(got.size).toBe(calls.length);
        },
      ),
    );
  });
});
