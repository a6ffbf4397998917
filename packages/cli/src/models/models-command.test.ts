import { startSandbox } from "@salesagent/sandbox";
import { describe, expect, it } from "vitest";
import { commandLine } from "../testing/command-line.js";

const KEY = "sk-planted-0123456789";

const models = (args: readonly string[], env: Record<string, string> = {}, fetch?: typeof globalThis.fetch) =>
  commandLine(["models", ...args], { env, fetch });

interface Listed {
  readonly models: readonly {
    readonly id: string;
    readonly price?: { readonly input: number };
    readonly retired?: object;
    readonly key?: object;
    readonly live?: boolean;
    readonly locality: string;
  }[];
  readonly live?: readonly object[];
}

const refuse: typeof fetch = () => Promise.reject(new TypeError("nobody is asked"));

describe("salesagent models", () => {
  it("lists every vendor's models with prices, limits, abilities and keys, asking nobody", async () => {
    const { exitCode, stdout } = await models([], { CEREBRAS_API_KEY: KEY }, refuse);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /cerebras\/gpt-oss-120b +0\.35 +– +0\.75 +2026-06-10 +131k +41k +tools schema reasoning +cloud +set/,
    );
    expect(stdout).toMatch(/anthropic\/claude-sonnet-5-5 +2 +0\.1 +10/);
    for (const vendor of ["openai/", "deepseek/", "openrouter/", "gemini/"]) expect(stdout).toContain(vendor);
    expect(stdout).not.toContain(KEY);
  });

  it("leaves retired models away until they are asked for, and names their successors", async () => {
    const provider = ["--provider", "cerebras"];
    expect((await models(provider)).stdout).not.toContain("llama3.1-8b");
    expect((await models(provider)).stdout).toMatch(/\d+ retired models are left out/);
    expect((await models([...provider, "--all"])).stdout).toMatch(/llama3\.1-8b .*retired, use gpt-oss-120b/);
  });

  it("speaks JSON with prices as they are known", async () => {
    const { stdout } = await models(["--provider", "cerebras", "--json"]);
    const { models: listed, live } = JSON.parse(stdout) as Listed;
    expect(listed[0]).toMatchObject({
      id: "cerebras/gpt-oss-120b",
      price: { input: 0.35, output: 0.75, asOf: "2026-06-10" },
      contextTokens: 131_072,
      key: { variable: "CEREBRAS_API_KEY", set: false },
    });
    expect(listed[0]).not.toHaveProperty("live");
    expect(live).toBeUndefined();
  });

  it("asks vendors whose key is set, and Ollama, which models they have, when told to", async () => {
    await using sandbox = await startSandbox();
    const asked: { readonly host: string; readonly authorization: string | null }[] = [];
    const answers: Record<string, unknown> = {
      "api.openai.com": { data: [{ id: "gpt-5.4-mini" }] },
      "generativelanguage.googleapis.com": { models: [{ name: "models/gemini-2.5-pro" }] },
      "api.deepseek.com": "<!doctype html>",
    };
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const { host, hostname } = new URL(String(input));
      if (hostname === "127.0.0.1") return globalThis.fetch(input, init);
      asked.push({ host, authorization: new Headers(init?.headers).get("authorization") });
      const answer = answers[host];
      return typeof answer === "string" ? new Response(answer) : Response.json(answer);
    };
    const env = {
      OPENAI_API_KEY: KEY,
      GEMINI_API_KEY: KEY,
      DEEPSEEK_API_KEY: KEY,
      OLLAMA_HOST: sandbox.url("ollama"),
    };
    const { stdout } = await models(["--live", "--json"], env, fetch);
    const listed = JSON.parse(stdout) as Listed;
    const liveOf = (id: string) => listed.models.find((model) => model.id === id)?.live;
    expect(liveOf("openai/gpt-5.4-mini")).toBe(true);
    expect(liveOf("openai/gpt-4o")).toBe(false);
    expect(liveOf("gemini/gemini-2.5-pro")).toBe(true);
    expect(liveOf("cerebras/gpt-oss-120b")).toBeUndefined();
    expect(listed.models.filter(({ id }) => id.startsWith("ollama/"))).toMatchObject([
      { locality: "local", live: true },
    ]);
    expect(listed.live).toContainEqual({
      provider: "anthropic",
      failure: "ANTHROPIC_API_KEY is not set",
    });
    expect(listed.live).toContainEqual({ provider: "deepseek", failure: "no answer (SyntaxError)" });
    expect(asked.map(({ host }) => host).sort()).toEqual(Object.keys(answers).sort());
    expect(asked.find(({ host }) => host === "api.openai.com")?.authorization).toBe(`Bearer ${KEY}`);
    expect(stdout).not.toContain(KEY);
    const words = (await models(["--live"], env, fetch)).stdout;
    expect(words).toContain("anthropic was not heard: ANTHROPIC_API_KEY is not set.");
    expect(words).toMatch(/openai\/gpt-4o .* not listed/);
  });

  it("refuses a provider that there is not", async () => {
    const { exitCode, stderr } = await models(["--provider", "opnai"]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--provider.*did you mean "openai"\?/);
  });
});
