import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyRunView, type RunView, runView } from "./run-view.js";
import type { JsonValue, StreamEvent } from "./stream-event.js";

const fold = (events: readonly StreamEvent[]): RunView => events.reduce(runView, emptyRunView);
const numbered = (events: readonly { type: string; data?: JsonValue }[]): StreamEvent[] =>
  events.map(({ type, data = {} }, index) => ({ seq: index + 1, type, data }));
const said = (text: string) => ({ type: "text-delta", data: { text } });

const answer = fc.record({
  wasted: fc.array(fc.string(), { maxLength: 3 }),
  withdrawal: fc.constantFrom("restart", "output-rejected", "run-resumed"),
  text: fc.array(fc.string(), { maxLength: 3 }),
});

describe("the view of a run", () => {
  it("holds the text that stands, whatever was withdrawn before it", () => {
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 4 }), (answers) => {
        const events = answers.flatMap(({ wasted, withdrawal, text }) => [
          { type: "step-started" },
          { type: "start" },
          ...(wasted.length === 0
            ? []
            : [
                ...wasted.map(said),
                { type: "output-partial", data: { value: "wasted" } },
                { type: withdrawal },
              ]),
          ...text.map(said),
          { type: "finish" },
        ]);
        const view = fold(numbered(events));
        expect(view.text).toBe(answers.flatMap(({ text }) => text).join(""));
        expect(view.partial).toBeUndefined();
      }),
    );
  });

  it("is the same whatever reconnects repeat", () => {
    const kinds = fc.constantFrom(
      ...[said("a"), said("b"), { type: "start" }, { type: "restart" }, { type: "run-resumed" }],
      ...[{ type: "output-partial", data: { value: { score: 1 } } }, { type: "approval-requested" }],
      { type: "run-completed", data: { output: 3 } },
    );
    const repeats = fc.array(fc.record({ at: fc.nat(20), back: fc.nat(20) }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(kinds, { maxLength: 20 }), repeats, (parts, repeated) => {
        const events = numbered(parts);
        const withRepeats = events.flatMap((event, index) => [
          event,
          ...repeated
            .filter(({ at }) => at === index)
            .flatMap(({ back }) => events.slice(Math.max(0, index - back), index + 1)),
        ]);
        expect(fold(withRepeats)).toEqual(fold(events));
      }),
    );
  });

  it("is the same whether text comes in one piece or in many", () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 10 }), (pieces) => {
        const whole = fold(numbered([{ type: "start" }, said(pieces.join(""))]));
        expect(fold(numbered([{ type: "start" }, ...pieces.map(said)])).text).toBe(whole.text);
      }),
    );
  });

  it("tells how the run stands", () => {
    const waiting = [{ type: "run-started" }, { type: "approval-requested" }];
    expect(fold(numbered(waiting.slice(0, 1))).status).toBe("running");
    expect(fold(numbered(waiting)).status).toBe("waiting");
    expect(fold(numbered([...waiting, { type: "run-resumed" }])).status).toBe("running");
    const failed = { type: "run-failed", data: { code: "model.auth", message: "No key." } };
    expect(fold(numbered([failed]))).toMatchObject({ status: "failed", error: failed.data });
    const ended = { seq: 0, type: "end", data: { status: "failed", error: failed.data } };
    expect(runView(emptyRunView, ended)).toMatchObject({ status: "failed", error: failed.data });
    const overrun = { seq: 1, type: "end", data: { status: "failed" } };
    expect(runView(fold(numbered([{ type: "run-completed", data: { output: 1 } }])), overrun)).toMatchObject({
      status: "completed",
      output: 1,
    });
  });

  it("lists what is told again after a takeover once", () => {
    const step = (index: number) => ({ type: "step-started", data: { index } });
    const tool = [{ type: "tool-started" }, { type: "tool-finished" }];
    const typesOf = (parts: Parameters<typeof numbered>[0]) =>
      fold(numbered(parts)).events.map(({ type }) => type);
    const resumed = { type: "run-resumed" };
    // the rules of a step are gone through again
    expect(typesOf([step(0), { type: "criterion" }, resumed, step(0), { type: "criterion" }])).toEqual([
      ...["step-started", "criterion"],
    ]);
    // an answer stands, and its tools are called again
    const before = [
      step(0),
      ...tool,
      step(1),
      said("a"),
      ...tool.slice(0, 1),
      { type: "approval-requested" },
    ];
    expect(typesOf([...before, resumed, ...tool, step(2)])).toEqual([
      ...["step-started", "tool-started", "tool-finished", "step-started", "approval-requested"],
      ...["run-resumed", "tool-started", "tool-finished", "step-started"],
    ]);
    expect(fold(numbered([...before, resumed, ...tool])).text).toBe("a");
  });

  it("keeps the latest 200 events, and no pieces of text", () => {
    const view = fold(
      numbered(Array.from({ length: 1_000 }, (_, index) => (index % 2 ? said("x") : { type: "criterion" }))),
    );
    expect(view.events).toHaveLength(200);
    expect(view.events.at(-1)?.seq).toBe(999);
    expect(view.text).toHaveLength(500);
  });

  it("takes events of any shape", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.jsonValue())), (parts) => {
        const view = fold(numbered(parts.map(([type, data]) => ({ type, data: data as JsonValue }))));
        expect(typeof view.text).toBe("string");
      }),
    );
    const types = ["text-delta", "output-partial", "run-completed", "run-failed", "end"];
    for (const type of types) {
      for (const data of [null, 1, "x", [], { text: 3, error: [] }])
        expect(() => fold([{ seq: 1, type, data }])).not.toThrow();
    }
  });
});
