import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineTool, type ReadToolDefinition } from "./define-tool.js";
import { runTool } from "./run-tool.js";
import type { AnyTool, ToolOutcome } from "./tool.js";

const input = z.object({ domain: z.string() });
const signal = new AbortController().signal;

function run(
  tool: AnyTool,
  options: { input?: object; signal?: AbortSignal; clock?: ReturnType<typeof manualClock> } = {},
) {
  const { input: given = { domain: "figma.com" }, clock = manualClock() } = options;
  const call = { type: "tool-call", callId: "c1", name: "lookup", input: given as never } as const;
  return runTool(new Map([["lookup", tool]]), call, {
    tenant: "acme",
    runId: "r1",
    signal: options.signal ?? signal,
    clock,
  });
}

const lookup = (overrides: Partial<ReadToolDefinition<{ domain: string }, unknown>> = {}) =>
  defineTool<{ domain: string }, unknown>({
    name: "lookup",
    description: "Looks a domain up.",
    input,
    effect: "read",
    run: ({ domain }) => ({ domain, found: true }),
    ...overrides,
  });

const writer = (write: () => unknown = () => null) =>
  defineTool({
    name: "lookup",
    description: "Writes to a domain.",
    input,
    effect: "write",
    target: ({ domain }) => domain,
    run: write,
  });

describe("runTool", () => {
  it("gives the tool its checked input and the model plain data", async () => {
    const outcome = await run(
      lookup({ run: ({ domain }) => ({ domain, at: new Date(0), nothing: undefined }) }),
    );
    expect(outcome).toMatchObject({
      failed: false,
      output: { domain: "figma.com", at: "1970-01-01T00:00:00.000Z" },
    });
  });

  it.each<[string, string, () => Promise<ToolOutcome>]>([
    ["input that does not fit", "tool.input_invalid", () => run(lookup(), { input: { domain: 5 } })],
    [
      "a tool that fails",
      "tool.failed",
      () => run(lookup({ run: () => Promise.reject(new Error("database is away")) })),
    ],
    [
      "a tool that throws at once",
      "tool.failed",
      () =>
        run(
          lookup({
            run: () => {
              throw new Error("no");
            },
          }),
        ),
    ],
    [
      "output that does not fit",
      "tool.output_invalid",
      () => run(lookup({ output: z.object({ found: z.string() }) })),
    ],
    ["output that is too long", "tool.output_too_large", () => run(lookup({ maxOutputChars: 10 }))],
    ["a tool that writes", "tool.effect_unguarded", () => run(writer())],
  ])("tells the model of %s", async (_, code, act) => {
    const outcome = await act();
    expect(outcome).toMatchObject({ failed: true, errorCode: code });
    expect(outcome.output).toContain(code);
  });

  it("does not run a tool that writes", async () => {
    let ran = false;
    await run(
      writer(() => {
        ran = true;
        return null;
      }),
    );
    expect(ran).toBe(false);
  });

  it("names the tools that there are when the model asks for another", async () => {
    const call = { type: "tool-call", callId: "c1", name: "search", input: {} } as const;
    const outcome = await runTool(new Map([["lookup", lookup()]]), call, {
      tenant: "acme",
      runId: "r1",
      signal,
      clock: manualClock(),
    });
    expect(outcome.output).toMatch(/no tool "search".*lookup/);
  });

  it("stops waiting when the time is up, and tells the tool", async () => {
    const clock = manualClock();
    let begin = (_signal: AbortSignal) => {};
    const begun = new Promise<AbortSignal>((resolve) => {
      begin = resolve;
    });
    const pending = run(
      lookup({
        timeoutMs: 500,
        run: (_, context) => {
          begin(context.signal);
          return new Promise(() => {});
        },
      }),
      { clock },
    );
    const told = await begun;
    clock.advance(500);
    expect(await pending).toMatchObject({ failed: true, errorCode: "tool.timed_out" });
    expect(told.aborted).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  it("rejects with the caller's own reason when the run is aborted", async () => {
    const caller = new AbortController();
    const pending = run(lookup({ run: () => new Promise(() => {}) }), { signal: caller.signal });
    const reason = new Error("prospect hung up");
    caller.abort(reason);
    await expect(pending).rejects.toBe(reason);
  });
});

describe("defineTool", () => {
  it.each([
    [{ name: "has space" }, /tool\.name/],
    [{ description: " " }, /tools\.lookup\.description/],
    [{ timeoutMs: 0 }, /tools\.lookup\.timeoutMs/],
    [{ maxOutputChars: -1 }, /tools\.lookup\.maxOutputChars/],
  ])("refuses %j", (overrides, message) => {
    expect(() => lookup(overrides)).toThrow(message);
  });

  it("takes the words of tools that read for external, and of others for its own", () => {
    expect(lookup().origin).toBe("external");
    expect(lookup({ effect: "none" }).origin).toBe("tool");
  });
});
