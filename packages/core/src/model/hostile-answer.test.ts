import { runInNewContext } from "node:vm";
import type { JsonSchema, StandardSchema } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { jsonInText } from "./json-in-text.js";
import { PartialJson } from "./partial-json.js";
import { matchesPartially } from "./partial-match.js";
import { PartialOutputReader, repairPrompt, StructuredOutput } from "./structured-output.js";
import { describeIssues, validate } from "./validate.js";

const TREE: JsonSchema = {
  $defs: { node: { type: "array", items: { $ref: "#/$defs/node" } } },
  $ref: "#/$defs/node",
};

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

/** What costs its square runs into the time limit of the suite here. */
describe("answers of a hostile or confused model", () => {
  it("are found in text in time that grows with its length", () => {
    expect(jsonInText(`\`\`\`${"\n".repeat(1_000_000)}`)).toBeUndefined();
    expect(jsonInText(`${"```".repeat(300_000)}\n`)).toBeUndefined();
    expect(jsonInText("```json\n{".repeat(100_000))).toBeUndefined();
  });

  it("are taken from the first fence that holds JSON", () => {
    expect(jsonInText('```json\r\n\n{"a":1}\n``` and ```json\n{"a":2}\n```')).toEqual({ a: 1 });
    expect(jsonInText('```\nnot this\n```\n```JSON\n[2]\n```\n{"no":')).toEqual([2]);
    expect(jsonInText('```python\n{"a":1}\n```\n```json\n{"a":2}\n```')).toEqual({ a: 2 });
  });

  it("end as invalid when they nest deeper than a validator can follow", async () => {
    const Tree: z.ZodType = z.lazy(() => z.array(Tree));
    const output = new StructuredOutput(z.object({ tree: z.array(z.any()) }), "tree");
    const text = `{"tree":${nested(10_000)}}`;
    const reader = output.reader();
    for (let at = 0; at < text.length; at += 100) reader.push(text.slice(at, at + 100));

    expect(await output.read(text)).toEqual({
      issues: [{ path: "", message: "the answer is nested too deeply" }],
    });
    expect(await new StructuredOutput(Tree, "tree").read(nested(150))).toHaveProperty("value");
  });

  it("are read as partials no deeper than that", () => {
    const json = new PartialJson();
    json.push("[".repeat(10_000));

    expect(json.valid).toBe(false);
    expect(new PartialOutputReader(TREE).push("[".repeat(150))).toBeDefined();
  });

  it("are held against schemas that refer to themselves without end", () => {
    expect(matchesPartially({ a: 1 }, { $ref: "#" })).toBe(true);
    expect(matchesPartially({ a: 1 }, { anyOf: [{ $ref: "#" }] })).toBe(false);
    const twice = {
      anyOf: [
        { type: "array", items: { $ref: "#" } },
        { items: { $ref: "#" }, type: "array" },
      ],
    };
    expect(matchesPartially(JSON.parse(nested(60)).concat(["leaf"]), twice)).toBe(false);
    expect(matchesPartially({ a: 1 }, { $ref: "#/__proto__" })).toBe(true);
  });

  it("turn no key into a prototype", async () => {
    const text = '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}';
    const json = new PartialJson();
    json.push(text);

    expect(Object.keys(json.value() as object)).toEqual(["__proto__", "constructor"]);
    await new StructuredOutput(z.looseObject({}), "loose").read(text);
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it("are told as partials ever less often as they grow, and at their end", () => {
    const items = Array.from({ length: 3_000 }, (_, index) => ({
      name: `Company ${index}`,
      fits: index % 2 === 0,
    }));
    const text = JSON.stringify({ items });
    const reader = new PartialOutputReader({ type: "object" });
    const partials: unknown[] = [];
    for (let at = 0; at < text.length; at += 4) {
      const partial = reader.push(text.slice(at, at + 4));
      if (partial !== undefined) partials.push(partial);
    }

    expect(partials.length).toBeLessThan(2_000 / 4 + 250);
    expect(partials.length).toBeGreaterThan(2_000 / 4 + 50);
    expect(partials.at(-1)).toEqual({ items });
  });

  it("with an issue for each of a thousand items are described by the first ones", async () => {
    const read = await validate(
      z.array(z.number()),
      Array.from({ length: 1_000 }, () => "x"),
    );
    const issues = "issues" in read ? read.issues : [];

    expect(issues).toHaveLength(1_000);
    expect(describeIssues(issues)).toMatch(/\[9\]: .*; and 990 more$/);
    expect(repairPrompt(issues).split("\n")).toHaveLength(12);
  });

  it("are validated by a library whose promises are not this realm's", async () => {
    const schema: StandardSchema = {
      "~standard": {
        version: 1,
        vendor: "by-hand",
        validate: () => runInNewContext('Promise.resolve({ issues: [{ message: "no" }] })'),
      },
    };

    expect(await validate(schema, 1)).toEqual({ issues: [{ path: "", message: "no" }] });
  });
});
