import { startSandbox } from "@salesagent/sandbox";
import { postgres } from "@salesagent/storage-pg";
import { describe, expect, it } from "vitest";
import { jsonLines } from "../testing/command-line.js";
import { useKeptRuns } from "../testing/kept-runs.js";
import { asking, LEAD_FILE, OUTREACH, useWorkflowFiles } from "../testing/workflow-files.js";

const kept = useKeptRuns();
const { salesagent } = kept;
const files = useWorkflowFiles();

const workflow = (...args: readonly string[]) => salesagent(["workflow", ...args]);
const runs = (...args: readonly string[]) => salesagent(["runs", ...args]);
/** Only rehearsals are worked on, and in memory nothing is kept. */
const KEPT = ["--store", "pg", "--rehearse"];

/** Sends a mail, and then reckons with what an event brings. */
const mailing = {
  name: "mailing",
  version: "1",
  start: "ask",
  nodes: [
    { id: "ask", kind: "approval" },
    {
      id: "send",
      kind: "tool",
      tool: "email_send",
      input: { to: { value: "bo@works.example" }, subject: { value: "Hello" }, body: { value: "Hello" } },
    },
    { id: "go", kind: "wait", event: "go" },
    { id: "sum", kind: "tool", tool: "calculator", input: { expression: { from: "/steps/go/sum" } } },
    { id: "end", kind: "end", wholeOutput: { from: "/steps/sum" } },
    { id: "no", kind: "end" },
  ],
  edges: [
    { from: "ask", to: "send" },
    { from: "ask", to: "no", on: "refused" },
    { from: "send", to: "go" },
    { from: "go", to: "sum" },
    { from: "sum", to: "end" },
  ],
};

/** The last line of a command that speaks JSON. */
const lastOf = (stdout: string) => jsonLines(stdout).at(-1);

describe("salesagent workflow save, list and activate", () => {
  it("keep versions, of which one is active", async () => {
    const [one, two] = [await files.write("1.json", asking("1")), await files.write("2.json", asking("2"))];
    const first = await workflow("save", one, "--by", "user:42", "--note", "first");
    expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("new runs begin with it") });
    expect((await workflow("save", two)).stdout).toContain("salesagent workflow activate asking 2");
    expect((await workflow("list")).stdout).toMatch(/asking +1 +✓ +3 .* user:42 +first/);
    expect((await workflow("activate", "asking", "2", "--by", "user:42")).exitCode).toBe(0);
    const listed = jsonLines((await workflow("list", "--name", "asking", "--json")).stdout);
    expect(listed.map(({ version, active }) => [version, active])).toEqual([
      ["2", true],
      ["1", false],
    ]);
    expect(lastOf((await workflow("list", "--active", "--json")).stdout)).toMatchObject({ version: "2" });
  });

  it("save parts first, whatever their order, and nothing of what can't be run", async () => {
    const alone = await workflow("save", OUTREACH[0] ?? "");
    expect(alone.exitCode).toBe(1);
    expect(alone.stderr).toContain('nodes.review.workflow  there is no workflow "review"');
    expect((await workflow("list")).stdout).toContain("No workflows.");
    expect((await workflow("save", ...OUTREACH)).exitCode).toBe(0);
    expect(jsonLines((await workflow("list", "--json")).stdout)).toHaveLength(2);
  });

  it("refuse another definition of a version that stands", async () => {
    await workflow("save", await files.write("a.json", asking("1")));
    const other = await files.write("b.json", { ...asking("1"), description: "changed" });
    const { exitCode, stderr } = await workflow("save", other);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining("Versions never change")]);
  });

  it("say what is not there", async () => {
    await workflow("save", await files.write("c.json", asking("1")));
    const near = await workflow("run", "askign", ...KEPT);
    expect(near).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('did you mean "asking"?') });
    const version = await workflow("run", "asking", "--version", "7", ...KEPT);
    expect(version.stderr).toContain('no version "7"');
    expect((await workflow("activate", "asking", "7")).stderr).toContain("store.not_found");
    expect((await workflow("activate", "asking")).exitCode).toBe(2);
    expect((await workflow("log", "nothing")).stderr).toContain("There is no run nothing");
  });
});

describe("runs of workflows that are kept", () => {
  it("are listed, shown and logged by the workflow's name", async () => {
    const begun = await workflow(
      "run",
      ...OUTREACH,
      "--input-file",
      LEAD_FILE,
      "--run-id",
      "listed",
      ...KEPT,
    );
    expect(begun.exitCode).toBe(3);
    expect(begun.stdout).toMatch(/salesagent runs approve apr_\S+/);
    expect((await runs("list")).stdout).toMatch(/listed +graph +outreach \(rehearsal\) +waiting/);
    expect((await runs("show", "listed")).stdout).toMatch(
      /^outreach · run listed · waiting[\s\S]*worth-it +review +to review[\s\S]*It waits for a person to allow ask[\s\S]*runs approve/,
    );
    const log = await workflow("log", "listed");
    expect(log.stdout).toMatch(/^outreach, version 1 · run listed · waiting\n/);
    expect(log.stdout).toMatch(/^qualify +agent +completed +1 /m);
    expect(log.stdout).toContain("salesagent runs approve apr_");
    const { steps, workflow: name } = JSON.parse((await workflow("log", "listed", "--json")).stdout);
    expect(name).toBe("outreach");
    expect(steps.map(({ node }: { node: string }) => node)).toContain("worth-it");
  });

  it("are approved with an edit, answered and resumed, and keep the version that they began with", async () => {
    await workflow("save", ...OUTREACH.toReversed());
    await workflow("run", "outreach", "--input-file", LEAD_FILE, "--run-id", "sent", ...KEPT);
    await runs("approve", "sent", "--edit", '{"subject": "Tuesday?"}', "--by", "user:42");
    const sent = await runs("resume", "sent");
    expect(sent.stdout).toMatch(/tell +channel/);
    expect(sent.exitCode).toBe(3);
    await runs("reply", "sent", '{"text": "Gladly."}');
    expect(lastOf((await runs("resume", "sent", "--json")).stdout)).toMatchObject({
      ...{ status: "completed", agent: "outreach", simulated: true },
      result: { outcome: "answered", reply: { text: "Gladly." } },
    });
    expect((await runs("show", "sent")).stdout).toMatch(/email_send +bo@works\.example +\S+ +1/);
    expect((await workflow("log", "sent")).stdout).toMatch(/^review\/as-edited /m);
  });

  it("are refused, and cancelled for good", async () => {
    const file = await files.write("d.json", asking("1"));
    const run = (id: string) => workflow("run", file, "--input", '{"topic": "x"}', "--run-id", id, ...KEPT);
    await run("refused");
    await runs("refuse", "refused", "--reason", "too early");
    expect(lastOf((await runs("resume", "refused", "--json")).stdout)).toMatchObject({
      result: { why: "too early" },
    });

    await run("cancelled");
    const cancelled = await runs("cancel", "cancelled", "--reason", "they called us", "--by", "user:42");
    expect(cancelled.exitCode).toBe(0);
    expect((await workflow("log", "cancelled")).stdout).toMatch(
      /run cancelled · cancelled\nits end was asked for by user:42 at \S+: they called us/,
    );
    expect((await runs("resume", "cancelled")).exitCode).not.toBe(0);
  });

  it("are worked on by a process that has never seen the definition", async () => {
    const file = await files.write("e.json", asking("9"));
    await workflow("run", file, "--input", '{"topic": "x"}', "--run-id", "unseen", ...KEPT);
    const interrupt = new AbortController();
    let said = "";
    const onWrite = (text: string) => {
      said += text;
      if (said.includes("completed\n")) interrupt.abort(new Error("Interrupted"));
    };
    const work = ["runs", "work", "--rehearse", "--agent", "workflow"];
    const working = salesagent(work, { signal: interrupt.signal, onWrite });
    await runs("approve", "unseen", "--by", "user:42");
    const { exitCode, stderr } = await working;
    expect(exitCode).toBe(0);
    expect(stderr).toContain("Works on rehearsals of workflow.");
    expect(said).toMatch(/unseen +\d\.\d\d s {2}ask +approved true · by user:42/);
    expect((await workflow("log", "unseen")).stdout).toContain("asking, version 9 · run unseen · completed");
  });

  it("are retried from the step that failed, and send nothing twice", async () => {
    const file = await files.write("f.json", mailing);
    await workflow("run", file, "--input", '{"topic": "x"}', "--run-id", "failed", ...KEPT);
    await runs("approve", "failed");
    await runs("resume", "failed");
    await runs("reply", "failed", '{"sum": "1/"}');
    const failed = await runs("resume", "failed");
    expect(failed).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("salesagent runs retry failed"),
    });
    expect((await workflow("log", "failed")).stdout).toMatch(/· failed\n[\s\S]*failed in sum\n/);

    // Still wrong, and still only that step.
    const again = await runs("retry", "failed");
    expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('"sum"') });
    expect(again.stdout).not.toContain("send");
    const { steps } = JSON.parse((await workflow("log", "failed", "--json")).stdout);
    expect(steps.map(({ node }: { node: string }) => node)).toEqual(["ask", "send", "go"]);
    const storage = postgres({ connectionString: kept.url });
    const { items } = await storage.tenant(kept.tenant).effects.list({ runId: "failed" });
    await storage[Symbol.asyncDispose]();
    expect(items.map(({ effect, attempts }) => [effect, attempts])).toEqual([["email_send", 1]]);
  });

  it("complete once the cause of a failure is gone, with the models that they began with", async () => {
    const refusal = { type: "status", reason: "auth" } as const;
    await using sandbox = await startSandbox({
      script: { text: '{"findings":[]}' },
      faults: [{ fault: refusal }],
    });
    const model = ["--model", "cerebras/gpt-oss-120b", "--base-url", sandbox.url("cerebras")];
    const file = await files.write("g.json", {
      ...{ name: "growing", version: "1", start: "seats" },
      nodes: [
        { id: "seats", kind: "tool", tool: "calculator", input: { expression: { value: "20 * 2" } } },
        {
          id: "grow",
          kind: "agent",
          agent: "growth",
          input: { goal: { text: "Sell {/steps/seats/result} seats" } },
        },
        { id: "end", kind: "end", output: { stopped: { from: "/steps/grow/stopped" } } },
      ],
      edges: [
        { from: "seats", to: "grow" },
        { from: "grow", to: "end" },
      ],
    });
    const failed = await workflow("run", file, "--store", "pg", "--run-id", "live", ...model);
    expect(failed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('"grow"') });
    expect((await runs("retry", "live")).stderr).toContain("asks real models");
    const { stdout, exitCode } = await runs("retry", "live", ...model);
    expect(stdout).not.toMatch(/\d s {2}seats/);
    expect(stdout).toContain("stopped: max-rounds");
    expect(exitCode).toBe(0);
    expect((await runs("show", "live")).stdout).toContain("Agents that worked for it");
  });
});
