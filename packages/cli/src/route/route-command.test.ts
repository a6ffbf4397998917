import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { commandLine } from "../testing/command-line.js";
import type { Explanation } from "./explain.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "salesagent-route-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const KEY = "sk-planted-0123456789";

const route = (args: readonly string[], env: Record<string, string> = {}) =>
  commandLine(["route", ...args], {
    env,
    fetch: () => {
      throw new Error("route calls nothing");
    },
  });

async function explained(args: readonly string[], env: Record<string, string> = {}): Promise<Explanation> {
  const { stdout } = await route([...args, "--json"], env);
  return JSON.parse(stdout) as Explanation;
}

const idsOf = ({ candidates }: Explanation) => candidates.filter(({ rank }) => rank).map(({ id }) => id);
const PAIR = "anthropic/claude-sonnet-5-5,cerebras/gpt-oss-120b";

describe("salesagent route", () => {
  it("ranks the candidates with score, cost and reasons, without a key and without a call", async () => {
    const { exitCode, stdout } = await route([
      "Why did they churn?",
      "--models",
      PAIR,
      "--policy",
      "cheapest",
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("cerebras/gpt-oss-120b would be asked first");
    expect(stdout).toContain("Nothing was called");
    expect(stdout).toMatch(/1 +cerebras\/gpt-oss-120b +0\.\d+ +\$0\.000\d+ +~6 s +closed +131k +cloud/);
    expect(stdout).toContain("ANTHROPIC_API_KEY is not set");
  });

  it("counts the cost of this very request", async () => {
    const prompt = await file("long.txt", "word ".repeat(4_000));
    const [short] = (await explained(["Hi", "--models", "cerebras/gpt-oss-120b"])).candidates;
    const long = await explained(["--file", prompt, "--models", "cerebras/gpt-oss-120b"]);
    expect(long.inputTokens).toBe(5_000);
    const added = (long.candidates[0]?.facts.costUsd ?? 0) - (short?.facts.costUsd ?? 0);
    expect(added).toBeCloseTo((4_999 * 0.35) / 1e6, 7);
  });

  it.each<[string, readonly string[], RegExp]>([
    ["context", ["--max-output-tokens", "140000"], /don't fit its context of 131072/],
    ["vision", ["--image"], /can't read files or images/],
  ])("says why a candidate is passed over: %s", async (_, args, why) => {
    const decision = await explained(["Hi", "--models", PAIR, ...args]);
    expect(idsOf(decision)).toEqual(["anthropic/claude-sonnet-5-5"]);
    expect(decision.candidates[1]?.passedOver?.join()).toMatch(why);
    expect(decision.candidates[1]).not.toHaveProperty("expectedMs");
  });

  it("passes over who can't hold an answer to a schema", async () => {
    const schema = await file("schema.json", '{"type":"object"}');
    const decision = await explained([
      "Hi",
      "--models",
      `deepseek/deepseek-flash,${PAIR}`,
      "--schema",
      schema,
    ]);
    expect(idsOf(decision)).toHaveLength(2);
    expect(decision.candidates[2]).toMatchObject({ id: "deepseek/deepseek-flash", locality: "cloud" });
  });

  it("keeps a prompt local: only Ollama is left, and without one the exit code is 1", async () => {
    expect(idsOf(await explained(["Hi", "--local"]))).toEqual(["ollama/qwen3"]);
    const { exitCode, stdout } = await route(["Hi", "--local", "--models", PAIR]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain("No candidate may take this request");
    expect(stdout).toContain("the data must stay local");
  });

  it("prefers who is made for a task", async () => {
    expect(idsOf(await explained(["Hi", "--models", PAIR, "--task", "qualification"]))[0]).toBe(
      "cerebras/gpt-oss-120b",
    );
    expect(idsOf(await explained(["Hi", "--models", PAIR, "--task", "reasoning"]))[0]).toBe(
      "anthropic/claude-sonnet-5-5",
    );
  });

  it("takes one model of each vendor whose key is set, and never shows a key", async () => {
    const env = { ANTHROPIC_API_KEY: KEY, DEEPSEEK_API_KEY: KEY };
    const { stdout } = await route(["Hi"], env);
    expect(stdout).toContain("anthropic/claude");
    expect(stdout).toContain("deepseek/deepseek");
    expect(stdout).not.toMatch(/cerebras|openai|sk-planted/);
    expect((await route(["Hi"])).stdout).toContain("No vendor's key is set");
  });

  it.each<[string, readonly string[], RegExp]>([
    ["no prompt", [], /Which prompt/],
    ["two prompts", ["Why", "now"], /in quotes/],
    ["a prompt and a file", ["Hi", "--file", "x"], /not both/],
    ["a file that is not there", ["--file", "gone.txt"], /--file: gone\.txt.*ENOENT/],
    ["a schema that is no JSON", ["Hi", "--schema", import.meta.filename], /--schema: .* is not JSON/],
    ["an unknown policy", ["Hi", "--policy", "fastet"], /--policy.*did you mean "fastest"\?/],
    ["an unknown task", ["Hi", "--task", "qualifcation"], /--task.*did you mean "qualification"\?/],
    ["a task policy without a task", ["Hi", "--policy", "task"], /--policy task needs --task/],
    ["an unknown provider", ["Hi", "--models", "cerebars/x"], /--models.*did you mean "cerebras"\?/],
    ["a provider without a model", ["Hi", "--models", "openai"], /--models must be provider\/model/],
    ["a model twice", ["Hi", "--models", `${PAIR},cerebras/gpt-oss-120b`], /cerebras\/gpt-oss-120b twice/],
    ["nothing between commas", ["Hi", "--models", ","], /--models must name a model/],
    ["an address of nobody", ["Hi", "--models", PAIR, "--base-url", "http://x"], /of which provider/],
    ["vllm without an address", ["Hi", "--models", "vllm/x"], /vllm needs --base-url/],
  ])("refuses %s", async (_, args, message) => {
    const { exitCode, stderr } = await route(args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(2);
  });
});
