import { describe, expect, it } from "vitest";
import type { FetchWrapper } from "./harness.js";
import { languageModelConformance } from "./suite.js";
import { caughtBy } from "./testing/caught-by.js";
import { collectingRunner } from "./testing/collecting-runner.js";
import { sabotages } from "./testing/sabotages.js";
import { toySetup } from "./testing/toy-model.js";

async function failuresOf(setup: ReturnType<typeof toySetup>): Promise<string[]> {
  const { runner, failures } = collectingRunner();
  languageModelConformance(runner, setup);
  return failures();
}

describe("the language-model suite on a double that", () => {
  it.each(Object.keys(caughtBy) as (keyof typeof caughtBy)[])("%s", async (name) => {
    const failed = await failuresOf(toySetup(sabotages[name]));

    expect(failed).toEqual([...caughtBy[name]].sort());
  });

  it("takes keep-alives for tokens", async () => {
    const failed = await failuresOf(toySetup(undefined, {}, keepAlivesAsTokens));

    expect(failed).toEqual(["does not take keep-alives for a first token"]);
  });

  it("can do less, and says so", async () => {
    const failed = await failuresOf(
      toySetup(undefined, { tools: false, structuredOutput: "none", sampling: false, reasoning: false }),
    );

    expect(failed).toEqual([]);
  });

  it("can do less, and is silent about it", async () => {
    const failed = await failuresOf(
      toySetup(sabotages["is silent about what it can't do"], {
        tools: false,
        structuredOutput: "none",
        sampling: false,
      }),
    );

    expect(failed).toEqual([
      "says so when it takes no sampling settings",
      "says so when it takes no tools",
      "says so when no schema is enforced",
    ]);
  });

  it("has a known gap, which must be real and have a case", async () => {
    const gap = "yields start, then the body, then one finish";
    const sound = { ...toySetup(), knownGaps: { [gap]: "once it was so" } };
    const unsound = { ...toySetup(sabotages["finishes twice"]), knownGaps: sound.knownGaps };
    const unknown = { ...toySetup(), knownGaps: { "a case that nobody wrote": "a slip" } };

    expect(await failuresOf(sound)).toEqual([`${gap} (known gap: once it was so)`]);
    expect(await failuresOf(unsound)).toEqual([]);
    await expect(failuresOf(unknown)).rejects.toThrow(RangeError);
  });
});

const keepAlivesAsTokens: FetchWrapper = (fetch) => async (input, init) => {
  const response = await fetch(input, init);
  const token = new TextEncoder().encode('data: {"type":"text","text":""}\n\n');
  const body = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>(
      {
        transform: (chunk, controller) =>
          controller.enqueue(new TextDecoder().decode(chunk) === ": alive\n\n" ? token : chunk),
      },
      { highWaterMark: 1 },
      { highWaterMark: 0 },
    ),
  );
  return new Response(body ?? null, { status: response.status, headers: response.headers });
};
