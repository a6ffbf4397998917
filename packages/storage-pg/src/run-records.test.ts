import { defineAgent } from "@salesagent/core";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgres } from "./postgres.js";
import { createTestDatabase, type TestDatabase } from "./testing/test-database.js";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await using storage = postgres({ connectionString: database.url });
  await storage.migrate();
  await database.query(
    `alter table salesagent.runs add constraint by_the_host check (output::text not like '%refused%')`,
  );
});

afterAll(() => database[Symbol.asyncDispose]());

describe("runs that end at once", () => {
  it("stand, but for those whose records the database refuses", async () => {
    await using storage = postgres({ connectionString: database.url });
    const texts = ["one", "refused", "two", "three", "refused too", "four", "five"];
    const agent = defineAgent({
      name: "writer",
      instructions: "Write.",
      model: scriptedModel(texts.map((text) => ({ text }))),
      storage,
    });
    const runs = texts.map(() => agent.run("Write.", { tenant: "acme" }));
    const outcomes = await Promise.allSettled(runs.map((run) => run.output()));

    const { runs: stored, steps } = storage.tenant("acme");
    for (const [index, text] of texts.entries()) {
      const run = await stored.get(runs[index]?.id ?? "");
      const stepCount = (await steps.list(run?.id ?? "")).items.length;
      if (text.startsWith("refused")) {
        expect(outcomes[index]).toMatchObject({ reason: { code: "store.invalid" } });
        expect(run).toMatchObject({ status: "failed", error: { code: "store.invalid" } });
        expect(stepCount).toBe(0);
      } else {
        expect(outcomes[index]).toEqual({ status: "fulfilled", value: text });
        expect(run).toMatchObject({ status: "completed", output: text });
        expect(stepCount).toBe(1);
      }
    }
  });
});
