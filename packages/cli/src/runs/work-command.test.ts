import { durableFlows, END, field, START, StateGraph } from "@salesagent/core/graph";
import { startSandbox } from "@salesagent/sandbox";
import { postgres } from "@salesagent/storage-pg";
import { describe, expect, it } from "vitest";
import { jsonLines } from "../testing/command-line.js";
import { useKeptRuns } from "../testing/kept-runs.js";

const kept = useKeptRuns();
const { salesagent, begin } = kept;

describe("salesagent runs work", () => {
  it("goes on with what was answered, until it is interrupted", async () => {
    await begin("worked");
    const interrupt = new AbortController();
    let said = "";
    const onWrite = (text: string) => {
      said += text;
      if (said.includes("completed\n")) interrupt.abort(new Error("Interrupted"));
    };
    const working = salesagent(["runs", "work", "--agent", "bdr"], { signal: interrupt.signal, onWrite });
    await salesagent(["runs", "approve", "worked"]);
    await expect
      .poll(() => said, { timeout: 10_000 })
      .toContain("waits in reply: salesagent runs show worked");
    await salesagent(["runs", "reply", "worked", "1"]);
    const { exitCode, stderr } = await working;
    expect(exitCode).toBe(0);
    expect(stderr).toContain("Works on rehearsals of bdr.");
    expect(stderr).toContain("Takes no more runs");
    expect(said).toMatch(/worked +\d\.\d\d s {2}book +meeting/);
  });

  it("goes on with a run whose own process was interrupted", async () => {
    const interrupt = new AbortController();
    const onWrite = (text: string) => {
      if (text.includes("search_web")) interrupt.abort(new Error("Interrupted"));
    };
    const args = ["run", "growth", "--goal", "Upsell", "--store", "pg", "--run-id", "left"];
    const left = await salesagent(args, { signal: interrupt.signal, onWrite });
    expect(left.exitCode).toBe(130);
    expect(left.stderr).toContain(
      "goes on where somebody works: salesagent runs work, or salesagent runs resume left",
    );
    expect((await salesagent(["runs", "show", "left"])).stdout).toContain("growth · run left · pending");
    const { stdout, exitCode } = await salesagent(["runs", "resume", "left"]);
    expect(stdout).toContain("stopped: confident");
    expect(exitCode).toBe(0);
  });

  it("never works on a run of another program, which can be answered all the same", async () => {
    const storage = postgres({ connectionString: kept.url });
    const flows = durableFlows({ storage, work: "elsewhere" });
    const theirs = new StateGraph({ lead: field<string>() })
      .addNode("mail", (_state, context) => ({ lead: String(context.interrupt("mail?")) }))
      .addEdge(START, "mail")
      .addEdge("mail", END)
      .compile({ name: "bdr", checkpointer: flows });
    const waited = theirs.invoke(
      { lead: "bo" },
      { tenant: kept.tenant, runId: "theirs", signal: AbortSignal.timeout(10) },
    );
    await expect(waited).rejects.toThrow();

    const resumed = await salesagent(["runs", "resume", "theirs"]);
    expect([resumed.exitCode, resumed.stderr]).toEqual([
      2,
      expect.stringContaining("begun by another program"),
    ]);
    const interrupt = new AbortController();
    const working = salesagent(["runs", "work"], { signal: interrupt.signal });
    await begin("ours");
    await salesagent(["runs", "cancel", "ours"]);
    interrupt.abort(new Error("Interrupted"));
    await working;
    expect(await theirs.getState("theirs", { tenant: kept.tenant })).toMatchObject({ status: "pending" });
    expect((await salesagent(["runs", "show", "theirs"])).stdout).toContain("its state can't be read here");
    const { stdout } = await salesagent(["runs", "cancel", "theirs"]);
    expect(stdout).toContain("The end of the run theirs is asked for.");
    expect((await salesagent(["runs"])).stdout).toMatch(/theirs +graph +bdr +pending, is to end/);
    await flows[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });
});

describe("salesagent runs retry", () => {
  it("goes on from the last finished step, with what failed put right", async () => {
    const refusal = { type: "status", reason: "auth" } as const;
    await using sandbox = await startSandbox({
      script: { text: '{"findings":[]}' },
      faults: [{ fault: refusal }],
    });
    const model = ["--model", "cerebras/gpt-oss-120b", "--base-url", sandbox.url("cerebras")];
    const args = ["run", "growth", "--goal", "Upsell", "--store", "pg", "--run-id", "failed", ...model];
    const failed = await salesagent(args);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain("salesagent runs retry failed");
    expect((await salesagent(["runs", "show", "failed"])).stdout).toContain("graph.node_failed");
    const rehearsal = await salesagent(["runs", "retry", "failed"]);
    expect([rehearsal.exitCode, rehearsal.stderr]).toEqual([2, expect.stringContaining("asks real models")]);
    const { stdout, exitCode } = await salesagent(["runs", "retry", "failed", "--json", ...model]);
    const result = jsonLines(stdout).at(-1);
    expect(result).toMatchObject({ status: "completed", result: { stopped: "max-rounds" } });
    expect(result).not.toHaveProperty("simulated");
    const shown = await salesagent(["runs", "show", "failed"]);
    expect(shown.stdout).toMatch(/^growth · run failed · completed\n[\s\S]*stopped: max-rounds/);
    expect(exitCode).toBe(0);
  });
});
