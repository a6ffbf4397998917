import fc from "fast-check";
import { expect, it } from "vitest";
import { checkFiles } from "./definition-issues.js";
import { type DefinitionFile, partsFirst } from "./read-definitions.js";

const name = fc.constantFrom("a", "b", "c", "d");
const node = fc.record(
  { id: fc.string(), kind: fc.constantFrom("workflow", "tool", "end"), workflow: name, tool: fc.jsonValue() },
  { requiredKeys: [] },
);
/** Anything, and now and then nearly a workflow. */
const definition = fc.oneof(
  fc.jsonValue(),
  fc.record({
    name: fc.oneof(name, fc.jsonValue()),
    version: fc.constant("1"),
    start: fc.string(),
    nodes: fc.oneof(fc.array(fc.oneof(node, fc.jsonValue())), fc.jsonValue()),
    edges: fc.oneof(fc.constant([]), fc.jsonValue()),
  }),
);
const filesOf = (definitions: readonly unknown[]): readonly DefinitionFile[] =>
  definitions.map((content, index) => ({ file: `${index}.json`, definition: content }));

it("tells what is wrong with whatever files hold", () => {
  fc.assert(
    fc.property(fc.array(definition, { minLength: 1, maxLength: 4 }), (definitions) => {
      for (const { issues } of checkFiles(filesOf(definitions), {})) {
        for (const { path, message } of issues)
          expect([typeof path, typeof message]).toEqual(["string", "string"]);
      }
      expect(new Set(partsFirst(filesOf(definitions)).map(({ file }) => file)).size).toBe(definitions.length);
    }),
  );
});

it("puts the workflows that others are made of before them", () => {
  const order = fc.shuffledSubarray(["a", "b", "c", "d"], { minLength: 4 });
  const isPart = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 });
  fc.assert(
    fc.property(order, order, isPart, (names, given, uses) => {
      let pair = 0;
      const partsOf = new Map(
        names.map(
          (whole, index) => [whole, names.slice(0, index).filter(() => uses[pair++] === true)] as const,
        ),
      );
      const files = given.map((whole) => ({
        file: whole,
        definition: {
          name: whole,
          nodes: partsOf.get(whole)?.map((workflow) => ({ kind: "workflow", workflow })),
        },
      }));
      const before = new Set<string>();
      for (const { file } of partsFirst(files)) {
        for (const part of partsOf.get(file) ?? []) expect(before).toContain(part);
        before.add(file);
      }
      expect(before.size).toBe(4);
    }),
  );
});
