import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "@salesagent/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine, jsonLines, typing } from "../testing/command-line.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "salesagent-run-"));
});
afterAll(() => rm(folder, { recursive: true }));

const run = (args: readonly string[], setting = {}) => commandLine(["run", ...args], setting);

/** The last line of a run that speaks JSON. */
async function resultOf(args: readonly string[], setting = {}) {
  const { stdout, exitCode } = await run([...args, "--json"], setting);
  return { ...jsonLines(stdout).at(-1), exitCode };
}

describe("salesagent run, without a key", () => {
  it.each([
    [
      "qualification",
      { score: expect.any(Number), engine: "model", reasons: [expect.stringContaining("[simulated]")] },
    ],
    [
      "enrichment",
      {
        summary: expect.stringContaining("[simulated]"),
        disagreements: [expect.objectContaining({ field: "employees", chosen: 0 })],
        records: expect.objectContaining({ contact: expect.objectContaining({ fullName: "Bo Example" }) }),
      },
    ],
    [
      "growth",
      {
        stopped: "confident",
        rounds: 2,
        unsourcedFindings: 0,
        opportunities: [
          expect.objectContaining({
            sources: expect.arrayContaining([expect.stringContaining("rehearsal.example")]),
          }),
          expect.objectContaining({ title: expect.stringContaining("[simulated]") }),
        ],
      },
    ],
    [
      "marketing",
      {
        messages: [
          expect.objectContaining({ channel: "email", subject: expect.stringContaining("[simulated]") }),
          expect.objectContaining({ channel: "linkedin" }),
          expect.objectContaining({ channel: "sms" }),
        ],
      },
    ],
    [
      "conversation",
      {
        ...{
          outcome: "answered",
          transcript: "When could somebody show it to me?",
          spokenCharacters: expect.any(Number),
        },
        ...{ intent: { name: "meeting", confidence: 0.9 }, text: expect.stringContaining("[simulated]") },
      },
    ],
    [
      "bdr",
      { outcome: { kind: "booked" }, meeting: expect.objectContaining({ meetingId: expect.any(String) }) },
    ],
  ])("runs %s end to end by a script on this machine, and says so", async (agent, result) => {
    const given = await resultOf([agent, "--example", "--yes"]);
    expect(given).toMatchObject({
      ...{ type: "result", agent, status: "completed", exitCode: 0 },
      ...{ simulated: true, model: "vllm/sandbox", costUsd: 0, result },
    });
  });

  it("runs service to where it waits for the customer, by cited help pages", async () => {
    expect(await resultOf(["service", "--example", "--yes", "--thread", "t-1"])).toMatchObject({
      ...{ status: "waiting", exitCode: 3, simulated: true },
      result: {
        reply: { by: "service", sources: [{ id: "export" }] },
        classification: { topic: "technical" },
      },
      waitsFor: [{ kind: "event", name: "message" }],
    });
    const asked = await resultOf(["service", "--text", "I want my money back", "--yes"]);
    expect(asked).toMatchObject({ result: { reply: { text: "[rehearsed] A colleague's answer." } } });
  });

  it("tells each step with its time and cost, and what it looks up", async () => {
    const { stdout, stderr, exitCode } = await run(["growth", "--company", "Figma"]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("no model thinks");
    expect(stdout).toMatch(/^growth · vllm\/sandbox · run /);
    expect(stdout).toContain('↳ search_web {"query":"simulated account news"}');
    expect(stdout).toMatch(/\d\.\d\d s {2}research +findings 2 · \$0\n/);
    expect(stdout).toMatch(/validate +opportunities 2 · confidence 0\.82 .* stopped confident · \$0/);
    expect(stdout).toMatch(/completed after .* · cost \$0/);
    expect(stdout).toContain("simulated: true");
    expect(stdout).not.toContain("\u001b");
  });

  it("shows on a terminal what is being written", async () => {
    const { stdout } = await run(["marketing", "--offer", "Reviews"], { terminal: true });
    expect(stdout).toContain("\r\u001b[2K  … angles  \u001b[2m");
    expect(stdout).toContain("channel: email");
  });

  it("tells a conversation's turn by what was heard, wanted and said", async () => {
    const { stdout } = await run(["conversation", "--text", "What does it cost?", "--thread", "t-1"]);
    expect(stdout).toMatch(/transcribe +heard "What does it cost\?"/);
    expect(stdout).toMatch(/intent +question · confidence 0\.9 · \$0/);
    expect(stdout).toMatch(/respond +\d+ characters, written · \$0/);
    expect(stdout).toMatch(/text: \[simulated\]/);
  });

  it("speaks JSON: each event, then the result", async () => {
    const { stdout } = await run(["growth", "--goal", "Upsell", "--json"]);
    const lines = jsonLines(stdout);
    const types = new Set(lines.map(({ type }) => type));
    for (const type of ["run-started", "node-started", "custom", "node-finished"])
      expect(types).toContain(type);
    expect(types).not.toContain("state");
    const texts = lines.filter((line) => JSON.stringify(line).includes('"text-delta"'));
    expect(texts.length).toBeGreaterThan(10);
    expect(lines.filter(({ type }) => type === "result")).toEqual([lines.at(-1)]);
  });

  it("reads its input from a file, the command line and the standard input", async () => {
    const file = join(folder, "brief.json");
    const brief = JSON.stringify({ offer: "Reviews", channels: ["sms"] });
    await writeFile(file, brief);
    const stdin = { ...typing(brief.slice(0, 9), brief.slice(9)), isTTY: false };
    for (const [args, setting] of [
      [["--input-file", file], {}],
      [["--input", brief], {}],
      [["--input", "-"], { stdin }],
      [["--offer", "Reviews", "--channels", "sms"], {}],
    ] as const) {
      expect(await resultOf(["marketing", ...args], setting)).toMatchObject({
        result: { messages: [{ channel: "sms" }] },
      });
    }
  });
});

describe("salesagent run, with models", () => {
  const KEY = "sk-planted-0123456789";

  it("asks the model that is named, and rehearses mail and calendar all the same", async () => {
    await using sandbox = await startSandbox();
    const model = ["--model", "openai/gpt-5.4-mini", "--base-url", sandbox.url("openai")];
    const { stdout, stderr, exitCode } = await run(["qualification", "--company", "Figma", ...model]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain("Mail and calendar are rehearsed");
    expect(stderr).toContain("SEARXNG_URL");
    expect(stdout).toContain("qualification · openai/gpt-5.4-mini · run ");
    expect(stdout).not.toContain("simulated: true");
    expect(sandbox.requests).toHaveLength(1);
  });

  it("asks those whose keys are set where none is named, and none with --rehearse", async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (input) => {
      asked.push(new URL(new Request(input).url).host);
      return Response.json({ error: { message: "no" } }, { status: 401 });
    };
    const env = { CEREBRAS_API_KEY: KEY };
    const live = await run(["growth", "--goal", "Upsell"], { env, fetch });
    expect(live.exitCode).toBe(1);
    expect(live.stderr).toContain("Asks cerebras/gpt-oss-120b, whose keys are set");
    expect(live.stderr).toContain("graph.node_failed");
    expect(new Set(asked)).toEqual(new Set(["api.cerebras.ai"]));
    expect(live.stdout + live.stderr).not.toContain(KEY);
    asked.length = 0;
    expect((await run(["growth", "--goal", "Upsell", "--rehearse"], { env, fetch })).exitCode).toBe(0);
    expect(asked).toEqual([]);
  });
});

describe("salesagent run", () => {
  it.each<[string, readonly string[], RegExp]>([
    ["no agent", [], /Which agent\?.*\n +qualification +scores.*\n/],
    ["an unknown agent", ["growht"], /no agent "growht"; did you mean "growth"\? The agents are .*bdr/],
    ["two words", ["growth", "Figma"], /One agent at a time/],
    ["no input", ["growth"], /growth needs an input: --goal, --company, --domain; --example; or --input '\{/],
    ["too little", ["bdr", "--company", "Figma"], /bdr needs an input: --company, --email/],
    ["two inputs", ["growth", "--goal", "x", "--input", "{}"], /Give the input once/],
    ["a field of another agent", ["growth", "--offer", "x"], /--offer is not for growth, which takes --goal/],
    ["an input that is no JSON", ["growth", "--input", "{x"], /--input is not JSON/],
    ["an input that is no object", ["growth", "--input", "[1]"], /--input must be a JSON object/],
    ["an input that does not fit", ["growth", "--input", "{}"], /input.* does not fit .*goal/],
    [
      "a file that is not there",
      ["growth", "--input-file", "gone.json"],
      /gone\.json can't be read \(ENOENT\)/,
    ],
    ["no standard input", ["growth", "--input", "-"], /there is no standard input/],
    ["a channel that there is not", ["marketing", "--offer", "x", "--channels", "fax"], /channels/],
    ["an unknown provider", ["growth", "--goal", "x", "--model", "opnai/x"], /did you mean "openai"/],
    ["a missing key", ["growth", "--goal", "x", "--model", "openai/x"], /OPENAI_API_KEY/],
    ["a turn without words", ["conversation", "--input", "{}"], /input of conversation is \{"text"/],
    ["a model in a rehearsal", ["growth", "--rehearse", "--model", "openai/x"], /brings its own models/],
    [
      "--yes for a real model",
      ["bdr", "--example", "--yes", "--model", "ollama/x"],
      /--yes is for rehearsals/,
    ],
    ["an agent that decides", ["bdr", "--example", "--by", "agent:bdr"], /--by must name a person/],
    ["a run id for who has none", ["qualification", "--example", "--run-id", "x"], /--run-id is for agents/],
    ["Postgres without an address", ["growth", "--goal", "x", "--store", "pg"], /DATABASE_URL/],
  ])("refuses %s", async (_, args, message) => {
    const { exitCode, stderr } = await run(args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });

  it("names its runs and its person", async () => {
    const { stdout } = await run(["bdr", "--example", "--run-id", "r-1", "--yes", "--by", "user:42"]);
    expect(stdout).toContain("bdr · vllm/sandbox · run r-1");
    expect(stdout).toContain("by user:42");
  });
});
