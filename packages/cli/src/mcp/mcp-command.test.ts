import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CliProcesses, openCliProcesses } from "../testing/cli-processes.js";
import { commandLine } from "../testing/command-line.js";

let processes: CliProcesses;
beforeAll(async () => {
  processes = await openCliProcesses();
});
afterAll(() => processes[Symbol.asyncDispose]());

async function connect(args: readonly string[] = []) {
  const client = new Client({ name: "test", version: "1" });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [processes.file, "mcp", "--rehearse", ...args],
    stderr: "ignore",
  });
  await client.connect(transport);
  return client;
}

describe("salesagent mcp", () => {
  it("serves the official client: lists, calls a tool, runs an agent, and tells how far it is", async () => {
    const client = await connect();
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["calculator", "search_crm", "email_send", "qualification", "growth", "go_on"]),
    );
    expect(names).not.toContain("bdr");
    const sum = await client.callTool({ name: "calculator", arguments: { expression: "6 * 7" } });
    expect(JSON.stringify(sum.content)).toContain("42");
    const told: string[] = [];
    const onprogress = ({ message = "" }) => void told.push(message);
    const growth = { name: "growth", arguments: { company: "Figma" } };
    const result = await client.callTool(growth, undefined, { onprogress });
    expect(result.structuredContent).toMatchObject({ opportunities: expect.any(Array) });
    expect(told).toEqual(expect.arrayContaining(["step: research", "step: validate"]));
    const scored = await client.callTool({ name: "qualification", arguments: { company: "Figma" } });
    expect(scored.structuredContent).toMatchObject({ score: expect.any(Number), simulated: true });
    const lacking = await client.callTool({ name: "qualification", arguments: { domain: "figma.com" } });
    expect(lacking).toMatchObject({ isError: true, structuredContent: { code: "agent.input_invalid" } });
    await client.close();
  });

  it("serves only what is asked for", async () => {
    const client = await connect(["--tools", "qualification,calculator"]);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(["calculator", "qualification", "go_on"]);
    await client.close();
  });

  it("names what it does not know", async () => {
    async function* nothing() {}
    const stdin = nothing();
    const { exitCode, stderr } = await commandLine(["mcp", "--rehearse", "--tools", "telephone"], { stdin });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('there is no "telephone"');
  });

  it("ends when its client leaves, and writes nothing else to the standard output", async () => {
    async function* nothing() {}
    const { exitCode, stdout, stderr } = await commandLine(["mcp", "--rehearse"], { stdin: nothing() });
    expect([exitCode, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("Serves calculator");
  });
});
