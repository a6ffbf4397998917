import { describe, expect, it } from "vitest";
import { commandLine, jsonLines, typing } from "../testing/command-line.js";
import { asking, LEAD_FILE, OUTREACH, useWorkflowFiles } from "../testing/workflow-files.js";

const files = useWorkflowFiles();
const workflow = (args: readonly string[], setting = {}) => commandLine(["workflow", ...args], setting);

describe("salesagent workflow check", () => {
  it("tells that files can be run, whichever comes first", async () => {
    const { exitCode, stdout } = await workflow(["check", ...OUTREACH]);
    expect(stdout).toContain("outreach, version 1, of 13 nodes and 14 edges, can be run\n");
    expect(stdout).toContain("review, version 1, of 5 nodes and 5 edges, can be run\n");
    expect(exitCode).toBe(0);
    expect((await workflow(["check", ...OUTREACH.toReversed()])).exitCode).toBe(0);
  });

  it("names the node, and the name that was probably meant", async () => {
    const file = await files.write("bad.json", {
      ...asking("1"),
      nodes: [
        ...asking("1").nodes,
        { id: "mail", kind: "tool", tool: "email_sent", input: {} },
        { id: "judge", kind: "agent", agent: "qualificaton" },
        { id: "part", kind: "workflow", workflow: "reveiw" },
      ],
      edges: [...asking("1").edges, { from: "mail", to: "jugde" }],
    });
    const { exitCode, stdout } = await workflow(["check", file, OUTREACH[1] ?? ""]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(`${file}: 4 problems`);
    expect(stdout).toMatch(
      /nodes\.mail\.tool +there is no tool "email_sent"; .*; did you mean "email_send"\?/,
    );
    expect(stdout).toMatch(/nodes\.judge\.agent .*did you mean "qualification"\?/);
    expect(stdout).toMatch(/nodes\.part\.workflow .*did you mean "review"\?/);
    expect(stdout).toMatch(/edges\[2\] .*there is no node "jugde"; did you mean "judge"\?/);

    const [bad, good] = jsonLines((await workflow(["check", file, OUTREACH[1] ?? "", "--json"])).stdout);
    expect(bad).toMatchObject({ file, ok: false, name: "asking", version: "1" });
    expect(bad?.["issues"]).toContainEqual(
      expect.objectContaining({ node: "mail", path: "nodes.mail.tool" }),
    );
    expect(good).toMatchObject({ ok: true, issues: [] });
  });

  it.each([
    ["{", "is not JSON"],
    ["null", "problem"],
    ["[]", "problem"],
    ['{"name": "x", "nodes": 7}', "problem"],
    ['{"name": "x", "version": "1", "start": "a", "nodes": [null], "edges": []}', "problem"],
  ])("takes %s for no workflow", async (text, told) => {
    const file = await files.write("odd.json", text);
    const { exitCode, stdout, stderr } = await workflow(["check", file, OUTREACH[0] ?? ""]);
    expect(exitCode).toBeGreaterThan(0);
    expect(stdout + stderr).toContain(told);
  });

  it("says which file can't be read, and asks for one where there is none", async () => {
    expect(await workflow(["check", "absent.json"])).toMatchObject({
      exitCode: 2,
      stderr: "salesagent: absent.json can't be read (ENOENT).\n",
    });
    expect(await workflow([])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("Which workflow?"),
    });
  });

  it("knows only what the world has", async () => {
    const live = ["--model", "ollama/qwen3"];
    const { exitCode, stdout } = await workflow(["check", ...OUTREACH, ...live]);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/nodes\.facts\.tool +there is no tool "enrich_with_apollo"/);
  });
});

describe("salesagent workflow show and schema", () => {
  it("show the nodes with what they read, and the edges with their conditions", async () => {
    const { stdout, exitCode } = await workflow(["show", ...OUTREACH]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^send +tool +email_send +\/input\/email, \/steps\/review\/mail\/subject/m);
    expect(stdout).toMatch(/^worth-it +review +\/steps\/qualify\/score >= 20$/m);
    expect(stdout).toMatch(/^reply +silent +on timeout$/m);
  });

  it("draw a diagram", async () => {
    const { stdout } = await workflow(["show", ...OUTREACH, "--mermaid"]);
    expect(stdout).toMatch(/^flowchart TD\n/);
    expect(stdout).toContain('["qualify"]');
  });

  it("show nothing of what can't be run", async () => {
    const { stdout, stderr, exitCode } = await workflow(["show", OUTREACH[0] ?? ""]);
    expect([stdout, exitCode]).toEqual(["", 1]);
    expect(stderr).toContain('nodes.review.workflow  there is no workflow "review"');
  });

  it("print the schema that definitions are checked by", async () => {
    const { stdout } = await workflow(["schema"]);
    expect(JSON.parse(stdout)).toMatchObject({
      title: "Workflow",
      required: expect.arrayContaining(["nodes"]),
    });
  });
});

describe("salesagent workflow run, in memory", () => {
  const run = (args: readonly string[], setting = {}) =>
    workflow(["run", ...OUTREACH, "--input-file", LEAD_FILE, ...args], setting);

  it("goes through every kind of node, and tells each step", async () => {
    const { stdout, exitCode } = await run(["--yes"]);
    expect(stdout).toMatch(/^outreach · vllm\/sandbox · run /);
    expect(stdout).toMatch(/\d s {2}qualify +score \d+ · tier/);
    expect(stdout).toMatch(/\d s {2}worth-it +to review\n/);
    expect(stdout).toMatch(/\d s {2}review\/ask +approved true/);
    expect(stdout).toContain("outcome: answered");
    expect(stdout).toContain("simulated: true");
    expect(stdout).not.toContain("research.1");
    expect(exitCode).toBe(0);
  });

  it("asks at a terminal in place; what is edited is what is sent", async () => {
    const stdin = typing('edit {"subject": "Tuesday?"}', '{"text": "No, thank you."}');
    const { stdout, exitCode } = await run([], { terminal: true, stdin });
    expect(stdout).toContain("It waits for a person to allow ask:");
    expect(stdout).toContain('It waits for the event "reply"');
    expect(stdout).toMatch(/as-edited.* mail Tuesday\?/);
    expect(stdout).toContain("text: No, thank you.");
    expect(exitCode).toBe(0);
  });

  it("goes another way where the person refuses", async () => {
    const { stdout } = await run([], { terminal: true, stdin: typing("refuse too early") });
    expect(stdout).toMatch(/review\/ask +came to refused · by \S+ · reason too early/);
    expect(stdout).toContain("outcome: not written to");
  });

  it("speaks JSON: each event, then the result", async () => {
    const lines = jsonLines((await run(["--yes", "--json", "--run-id", "r1"])).stdout);
    const told = lines.map(({ data }) => (data ?? {}) as { readonly type?: string; readonly node?: string });
    expect(told).toContainEqual(expect.objectContaining({ type: "workflow-step", node: "send" }));
    expect(lines.at(-1)).toMatchObject({
      ...{ type: "result", runId: "r1", agent: "outreach", status: "completed", simulated: true, costUsd: 0 },
      result: { outcome: "answered", reply: { text: expect.any(String) } },
    });
  });

  it("waits with exit code 3 where nobody can answer, and says so", async () => {
    const { stdout, exitCode } = await run([]);
    expect(stdout).toMatch(/salesagent runs approve apr_\S+/);
    expect(stdout).toContain("Nobody can answer it any more");
    expect(exitCode).toBe(3);
  });

  it("fails naming the node, and tells its tries", async () => {
    const file = await files.write("failing.json", {
      ...asking("1"),
      start: "look",
      nodes: [
        {
          id: "look",
          kind: "tool",
          tool: "calculator",
          input: { expression: { value: "1/" } },
          retry: { retries: 1, baseMs: 1 },
        },
        { id: "end", kind: "end" },
      ],
      edges: [{ from: "look", to: "end" }],
    });
    const { stdout, stderr, exitCode } = await workflow(["run", file, "--input", '{"topic": "x"}']);
    expect(stderr).toContain('The node "look" of the graph "asking" failed');
    expect(stdout).toMatch(/· look failed, and is tried again: [\s\S]*· look failed: /);
    expect(exitCode).toBe(1);
  });

  it("refuses an input that does not fit, and what can't be run, before anything is done", async () => {
    const wrong = await workflow(["run", ...OUTREACH, "--input", '{"email": "bo@works.example"}']);
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("company") });
    const alone = await workflow(["run", OUTREACH[0] ?? "", "--input-file", LEAD_FILE]);
    expect(alone).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("nodes.review.workflow") });
    const name = await workflow(["run", "outreach", "--input-file", LEAD_FILE]);
    expect(name).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("use --store pg, or give a file"),
    });
  });
});
