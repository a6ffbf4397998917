import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { END, field, START, StateGraph, type StateShape } from "./index.js";

/** A graph of one node that writes what it is told. */
const writing = <Shape extends StateShape>(shape: Shape, write: object, maxStateBytes?: number) =>
  new StateGraph<Shape, string>(shape)
    .addNode("writer", () => write as never)
    .addEdge(START, "writer")
    .addEdge("writer", END)
    .compile({ name: "g", ...(maxStateBytes && { maxStateBytes }) });

const invalid = (node: string, path: string, message: string | RegExp) => ({
  code: "graph.state_invalid",
  facts: {
    graph: "g",
    node,
    issues: [{ path, message: typeof message === "string" ? message : expect.stringMatching(message) }],
  },
});

describe("the state", () => {
  it("is typed by its fields", async () => {
    const graph = new StateGraph({
      name: z.string(),
      size: z.coerce.number().default(1),
      note: z.string().optional(),
      tags: field({ default: (): string[] => [], reduce: (all: string[], tag: string) => [...all, tag] }),
      free: field<Date | string>(),
    })
      .addNode("a", (state) => {
        expectTypeOf(state.name).toEqualTypeOf<string>();
        expectTypeOf(state.size).toEqualTypeOf<number>();
        expectTypeOf(state.note).toEqualTypeOf<string | undefined>();
        expectTypeOf(state.tags).toEqualTypeOf<string[]>();
        expectTypeOf(state.free).toEqualTypeOf<Date | string | undefined>();
        return { tags: "x", name: state.name.toUpperCase() };
      })
      .addEdge(START, "a")
      .addEdge("a", END)
      .compile();

    expect((await graph.invoke({ name: "ann", tags: "y" })).state).toEqual({
      name: "ANN",
      size: 1,
      tags: ["y", "x"],
    });
  });

  it("is checked at the input: what is needed, what is known, what fits", async () => {
    const graph = writing({ name: z.string() }, {});
    await expect(graph.invoke({} as never)).rejects.toMatchObject(invalid("input", "name", /string/));
    await expect(graph.invoke({ name: 1 } as never)).rejects.toMatchObject(
      invalid("input", "name", /string/),
    );
    await expect(graph.invoke({ name: "a", other: 1 } as never)).rejects.toMatchObject(
      invalid("input", "other", "the state has no such field"),
    );
    await expect(graph.invoke(7 as never)).rejects.toMatchObject(
      invalid("input", "", "it must be an object of fields"),
    );
  });

  it("is checked at each write, with the path", async () => {
    const lead = z.object({ scores: z.array(z.number()) });
    await expect(
      writing(
        { lead: field({ schema: lead, default: () => ({ scores: [] }) }) },
        { lead: { scores: [1, "x"] } },
      ).invoke({}),
    ).rejects.toMatchObject(invalid("writer", "lead.scores[1]", /number/));
    await expect(writing({}, { typo: 1 }).invoke({})).rejects.toMatchObject(
      invalid("writer", "typo", "the state has no such field"),
    );
    await expect(writing({}, ["list"]).invoke({})).rejects.toMatchObject(invalid("writer", "", /not a list/));
  });

  it("is checked by schemas that take their time", async () => {
    const slow = z.string().refine(async (text) => text !== "bad");
    const shape = { text: field({ schema: slow, default: () => "" }) };
    expect((await writing(shape, { text: "good" }).invoke({})).state.text).toBe("good");
    await expect(writing(shape, { text: "bad" }).invoke({})).rejects.toMatchObject(
      invalid("writer", "text", /./),
    );
  });

  it("checks what a reducer made, and what it is given", async () => {
    const sum = field({
      default: () => 0,
      reduce: (a: number, b: number) => a + b,
      schema: z.number().max(5),
    });
    await expect(writing({ sum }, { sum: 6 }).invoke({})).rejects.toMatchObject(
      invalid("writer", "sum", /./),
    );
    const items = field({
      default: (): string[] => [],
      reduce: (all: string[], one: string) => [...all, one],
      update: z.string(),
    });
    await expect(writing({ items }, { items: 3 }).invoke({})).rejects.toMatchObject(
      invalid("writer", "items", /string/),
    );
  });

  it("holds JSON only", async () => {
    const shape = { it: field<unknown>() };
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    const cases: readonly (readonly [unknown, string, RegExp])[] = [
      [{ at: new Date(0) }, "it.at", /Date/],
      [[Number.NaN], "it[0]", /NaN/],
      [() => 1, "it", /function/],
      [circle, /self/ as never, /circle/],
    ];
    for (const [value, path, message] of cases) {
      const told = typeof path === "string" ? path : expect.stringMatching(path);
      await expect(writing(shape, { it: value }).invoke({})).rejects.toMatchObject(
        invalid("writer", told as string, message),
      );
    }
    expect((await writing(shape, { it: { a: undefined, b: null } }).invoke({})).state.it).toEqual({
      b: null,
    });
  });

  it("has a size limit, told with the node, the field and the option", async () => {
    const shape = { text: field({ default: () => "" }) };
    await expect(writing(shape, { text: "x".repeat(10_000_001) }).invoke({})).rejects.toMatchObject(
      invalid("writer", "text", /10000\d+ bytes.*maxStateBytes is 10000000/),
    );
    expect(
      (await writing(shape, { text: "x".repeat(500) }, 1_000).invoke({ text: "y".repeat(900) })).status,
    ).toBe("completed");
  });

  it("is the same for all that run side by side, and can't be written to in place", async () => {
    const graph = new StateGraph({ n: field({ default: () => 1 }) })
      .addNode("a", (state) => {
        (state as { n: number }).n = 2;
      })
      .addEdge(START, "a")
      .addEdge("a", END)
      .compile();
    await expect(graph.invoke({})).rejects.toMatchObject({
      code: "graph.node_failed",
      cause: expect.any(TypeError),
    });
  });

  it("refuses two writers of a field without a reducer", async () => {
    const graph = new StateGraph({ n: field({ default: () => 0 }) })
      .addNode("a", () => ({ n: 1 }))
      .addNode("b", () => ({ n: 1 }))
      .addEdge(START, "a")
      .addEdge(START, "b")
      .addEdge("a", END)
      .addEdge("b", END)
      .compile({ name: "g" });
    await expect(graph.invoke({})).rejects.toMatchObject({
      code: "graph.conflicting_writes",
      facts: { graph: "g", field: "n", nodes: ["a", "b"] },
    });
  });

  it("names the node whose write a reducer threw at", async () => {
    const bad = field({
      default: () => 0,
      reduce: (): number => {
        throw new Error("no");
      },
    });
    await expect(writing({ bad }, { bad: 1 }).invoke({})).rejects.toMatchObject({
      code: "graph.node_failed",
      facts: { node: "writer" },
    });
  });
});
