import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dialect } from "../dialect.js";
import type { Fault } from "../fault.js";
import { renderReply } from "../render-reply.js";
import type { Reply } from "../reply.js";

const DIALECTS: readonly Dialect[] = ["openai-chat", "openai-responses", "anthropic", "gemini", "ollama"];
const REPLY: Reply = {
  text: "Grüße 🏖️ from the beach",
  reasoning: "Weighing it.",
  toolCalls: [{ name: "weather", arguments: { place: "Île" } }],
  usage: { inputTokens: 10 },
};

const render = (dialect: Dialect, fault: Fault | readonly Fault[] = [], reply: Reply = REPLY) =>
  renderReply(dialect, { ...reply, fault });
const bytesOf = (dialect: Dialect, fault: Fault | readonly Fault[]) =>
  Buffer.concat(render(dialect, fault).chunks);

describe.each(DIALECTS)("faults of a %s stream", (dialect) => {
  const whole = bytesOf(dialect, []);

  it("cuts bytes anywhere without changing one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.array(fc.nat(whole.length)), (size, at) => {
        expect(bytesOf(dialect, { type: "split", size }).equals(whole)).toBe(true);
        expect(bytesOf(dialect, { type: "split", at }).equals(whole)).toBe(true);
      }),
    );
    expect(render(dialect, { type: "split", size: 1 }).chunks).toHaveLength(whole.length);
    expect(render(dialect, { type: "split", at: [3, 10] }).chunks.map(({ length }) => length)).toEqual([
      3,
      7,
      whole.length - 10,
    ]);
  });

  it("counts offsets over the whole body when each event is a write of its own", () => {
    const timing = { betweenTokensMs: 0 };
    const lengths = (fault: readonly Fault[]) =>
      render(dialect, fault, { ...REPLY, timing }).chunks.map(({ length }) => length);
    const [first = 0, second = 0, ...rest] = lengths([]);
    const at = [first + 5];

    expect(lengths([{ type: "split", at }])).toEqual([first, 5, second - 5, ...rest]);
  });

  it("stops after so many bytes", () => {
    expect(bytesOf(dialect, { type: "cut", afterBytes: 100 })).toEqual(whole.subarray(0, 100));
  });

  it("stops inside a code point", () => {
    const cut = bytesOf(dialect, { type: "cut", inside: "code-point" });

    expect(whole.subarray(0, cut.length)).toEqual(cut);
    expect(() => new TextDecoder("utf-8", { fatal: true }).decode(cut)).toThrow(TypeError);
  });

  it("stops inside an event", () => {
    const cut = bytesOf(dialect, { type: "cut", inside: "event", afterEvents: 2 }).toString();

    expect(whole.toString().startsWith(cut)).toBe(true);
    expect(cut).not.toMatch(/\n$/);
  });

  it("goes on where a count of events ends", () => {
    const one = bytesOf(dialect, { type: "cut", afterEvents: 1 }).toString();
    const two = bytesOf(dialect, { type: "cut", afterEvents: 2 }).toString();

    expect(two.startsWith(one)).toBe(true);
    expect(two.length).toBeGreaterThan(one.length);
    expect(bytesOf(dialect, { type: "cut", afterEvents: 0 })).toHaveLength(0);
  });

  it("puts a broken event among the others", () => {
    const { text } = render(dialect, { type: "malformed-event", afterEvents: 2 });

    expect(text).toContain('{"simulated": tru');
    expect(text.length).toBeGreaterThan(whole.toString().length);
  });

  it("answers a web page or a JSON error under status 200", () => {
    const html = render(dialect, { type: "html" });
    const json = render(dialect, { type: "json-error", reason: "overloaded" });

    expect(html).toMatchObject({ status: 200, contentType: "text/html; charset=utf-8" });
    expect(html.text).toMatch(/^<!DOCTYPE html>/);
    expect(json).toMatchObject({ status: 200, contentType: "application/json" });
    expect(JSON.parse(json.text)).toHaveProperty("error");
  });

  it("holds an event as large as asked", () => {
    const { text } = render(dialect, { type: "huge-event", bytes: 1_500_000 });

    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeGreaterThan(1_500_000);
  });

  it("ends lines with CRLF, each once", () => {
    const { text } = render(dialect, { type: "crlf" });

    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  it("keeps a whole answer whole", () => {
    const answer = renderReply(dialect, REPLY, { stream: false });

    expect(answer.contentType).toBe("application/json");
    expect(JSON.stringify(JSON.parse(answer.text))).toContain("Grüße 🏖️ from the beach");
    const cut = renderReply(dialect, { ...REPLY, fault: { type: "cut" } }, { stream: false });
    expect(answer.text.startsWith(cut.text)).toBe(true);
    expect(() => JSON.parse(cut.text)).toThrow(SyntaxError);
  });
});

describe("faults of one format", () => {
  it("leaves out [DONE], message_stop or the last line", () => {
    expect(render("openai-chat", { type: "no-terminator" }).text).not.toContain("[DONE]");
    expect(render("anthropic", { type: "no-terminator" }).text).not.toContain("message_stop");
    expect(render("ollama", { type: "no-terminator" }).text).not.toContain('"done":true');
  });

  it("repeats the finish", () => {
    const finishes = render("openai-chat", { type: "duplicate-finish" }).text.match(
      /"finish_reason":"tool_calls"/g,
    );

    expect(finishes).toHaveLength(2);
  });

  it.each([
    ["wrapped", /\ndata: \{"error":\{"message"/],
    ["flat", /\ndata: \{"message"/],
    ["named-wrapped", /\nevent: error\ndata: \{"error":\{/],
    ["named-flat", /\nevent: error\ndata: \{"message"/],
  ] as const)("tells an error in band, %s", (shape, expected) => {
    const { text } = render("openai-chat", { type: "in-band-error", shape });

    expect(text).toMatch(expected);
    expect(text).not.toContain("[DONE]");
  });

  it("ends an error with the end mark where the vendor does", () => {
    const fault: Fault = { type: "in-band-error", reason: "server" };
    const told = (vendor: "vllm" | "openrouter" | "groq") =>
      renderReply("openai-chat", { text: "Hi", fault }, { vendor }).text;

    expect(told("vllm")).toMatch(/"code":500\}\}\n\ndata: \[DONE\]\n\n$/);
    expect(told("openrouter")).toMatch(/"finish_reason":"error".*"usage".*\n\ndata: \[DONE\]\n\n$/);
    expect(told("groq")).toMatch(/event: error\ndata: \{"error":.*"status_code":500\}\}\n\n$/);
  });

  it("sends comments and pings as the format knows them", () => {
    expect(
      render("openai-chat", { type: "comments", every: 2, text: "OPENROUTER PROCESSING" }).text,
    ).toContain(": OPENROUTER PROCESSING\n\ndata: ");
    const pings = render("anthropic", { type: "pings" }).text.match(/event: ping\n/g);
    expect(pings?.length).toBeGreaterThan(10);
    expect(render("ollama", { type: "pings" }).text).toBe(render("ollama").text);
  });

  it("says that a fault is unknown, or lacks what it needs", () => {
    expect(() => render("openai-chat", { type: "status" })).toThrow("reason or status");
    expect(() => render("openai-chat", { type: "split" })).toThrow("size or at");
    expect(() => render("openai-chat", { type: "split", size: 0 })).toThrow(RangeError);
    expect(() => render("openai-chat", { type: "cut", inside: "code-point" }, { text: "ascii" })).toThrow(
      RangeError,
    );
  });
});
