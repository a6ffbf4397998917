import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Counter } from "./counter.js";
import { toExposition } from "./exposition.js";

/** Reads the format back, strictly, as its specification has it. */
function read(
  text: string,
): readonly { readonly name: string; readonly labels: Record<string, string>; readonly value: number }[] {
  const lines = text.split("\n");
  expect(lines.pop()).toBe("");
  return lines.flatMap((line) => {
    if (/^# (HELP|TYPE) \w+ .*$/.test(line)) return [];
    const [, name = "", , body = "", value] =
      /^(\w+)(\{(.*)\})? (\S+)$/.exec(line) ?? expect.unreachable(line);
    const labels: Record<string, string> = {};
    let rest = body;
    while (rest !== "") {
      const [whole = "", key = "", escaped = ""] =
        /^(\w+)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/.exec(rest) ?? expect.unreachable(rest);
      labels[key] = escaped.replaceAll(/\\(.)/g, (_, mark: string) => (mark === "n" ? "\n" : mark));
      rest = rest.slice(whole.length);
    }
    return [{ name, labels, value: value === "+Inf" ? Number.POSITIVE_INFINITY : Number(value) }];
  });
}

describe("the text format of Prometheus", () => {
  it("has a help, a type and the samples of each metric that has any", () => {
    const text = toExposition([
      {
        name: "a_total",
        type: "counter",
        help: "Of a\\b\nc.",
        samples: [{ value: 1 }, { labels: { x: "1" }, value: 0.5 }],
      },
      { name: "none", type: "gauge", help: "None.", samples: [] },
    ]);
    expect(text).toBe(
      '# HELP a_total Of a\\\\b\\nc.\n# TYPE a_total counter\na_total 1\na_total{x="1"} 0.5\n',
    );
  });

  it("gives every label back, whatever it holds, but for control characters", () => {
    const mark = fc.constantFrom('"', "\\", "\n", "\r", "\t", "{", "}", ",", "=", " ", "n");
    const label = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: mark }));
    fc.assert(
      fc.property(
        fc.array(fc.record({ a: label, b: label }), { minLength: 1, maxLength: 10 }),
        fc.double({ noNaN: true, min: -1e300 }),
        (all, value) => {
          const samples = all.map((labels) => ({ labels, value }));
          const back = read(toExposition([{ name: "m", type: "gauge", help: "x", samples }]));
          const clean = (text: string) => text.replaceAll(/(?!\n)\p{Cc}/gu, " ");
          expect(back.map(({ labels }) => labels)).toEqual(
            all.map(({ a, b }) => ({ a: clean(a), b: clean(b) })),
          );
          for (const sample of back) expect(sample.value).toBeCloseTo(value);
        },
      ),
    );
  });
});

describe("a counter", () => {
  it("keeps its size, however many names turn up", () => {
    const counter = new Counter(10);
    for (let index = 0; index < 1_000; index += 1) counter.add({ agent: `a${index}`, status: "ok" });
    const samples = counter.samples();
    expect(samples).toHaveLength(11);
    expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(1_000);
    expect(samples.at(-1)?.labels).toEqual({ agent: "other", status: "other" });
  });
});
