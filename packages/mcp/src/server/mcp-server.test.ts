import { defineAgent } from "@salesagent/core/agent";
import { createApprovals, createEffects } from "@salesagent/core/effects";
import { scriptedModel } from "@salesagent/core/scripted-model";
import { type AnyTool, defineTool } from "@salesagent/core/tools";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { connectClient as connect } from "../testing/connect-client.js";
import { createMcpServer, type McpServerOptions } from "./create-mcp-server.js";
import { exposeAgent } from "./served-agent.js";
import type { McpPrincipal } from "./served-tool.js";

const Question = z.object({ question: z.string().min(1) });

function setup(options: Partial<McpServerOptions> = {}) {
  const storage = memoryStorage();
  const approvals = createApprovals({ storage });
  const effects = createEffects({ storage });
  const sent: string[] = [];
  const lookUp = defineTool({
    name: "look_up",
    description: "Looks a company up.",
    input: z.object({ company: z.string().min(1) }),
    effect: "read",
    run: ({ company }, { tenant }) => ({ company, tenant }),
  });
  const mail = defineTool({
    name: "mail",
    description: "Sends a mail.",
    input: z.object({ to: z.string() }),
    effect: "write",
    approval: true,
    target: ({ to }) => to,
    run: ({ to }) => ({ sent: sent.push(to) }),
  });
  const server = createMcpServer({ tools: [lookUp, mail], effects, approvals, ...options });
  return { storage, approvals, effects, sent, server, mail, lookUp };
}

/** An agent that waits until it is told to go on, or left. */
function waitingAgent(text: Promise<string>, { onStart = () => {}, onAbort = () => {} } = {}) {
  const wait = defineTool({
    name: "wait",
    description: "Waits.",
    input: z.object({}),
    effect: "none",
    run: (_input, { signal }) => {
      signal.addEventListener("abort", onAbort, { once: true });
      onStart();
      return text;
    },
  });
  const model = scriptedModel([{ toolCalls: [{ name: "wait", input: {} }] }, { text: "Because they grow." }]);
  const agent = defineAgent({
    name: "analyst",
    instructions: "Answer.",
    tools: [wait as AnyTool],
    model,
    input: Question,
  });
  return exposeAgent({ agent, description: "Answers a question.", input: Question, writes: false });
}

describe("an MCP server of tools and agents", () => {
  it("lists what it has, with what clients ask their user by", async () => {
    const { client } = await connect(setup({ agents: [waitingAgent(Promise.resolve(""))] }).server);
    const { tools } = await client.listTools();
    expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([
      ["look_up", true],
      ["mail", false],
      ["analyst", true],
      ["go_on", false],
    ]);
    expect(tools[0]?.inputSchema).toMatchObject({ type: "object", required: ["company"] });
  });

  it("calls a tool for the tenant of whoever asks", async () => {
    const { call } = await connect(setup().server, { tenant: "globex", id: "key:1" });
    expect(await call("look_up", { company: "Figma" })).toMatchObject({
      content: [{ type: "text", text: '{"company":"Figma","tenant":"globex"}' }],
      structuredContent: { company: "Figma", tenant: "globex" },
      _meta: { "salesagent/origin": "external" },
    });
  });

  it("answers with the error's code where a call fails, and tells nothing of failures that are not its own", async () => {
    const broken: AnyTool = defineTool({
      name: "broken",
      description: "Fails.",
      input: z.object({}),
      effect: "none",
      run: () => Promise.reject(new Error("boom")),
    });
    const secretive = exposeAgent({
      agent: {
        name: "secretive",
        run: () => {
          throw new Error("password=hunter2");
        },
      },
      description: "Fails.",
      input: z.object({}),
    });
    const { call, client } = await connect(
      setup({ tools: [setup().lookUp, broken], agents: [secretive] }).server,
    );
    expect(await call("look_up", {})).toMatchObject({
      isError: true,
      structuredContent: { code: "tool.input_invalid" },
    });
    expect(await call("broken", {})).toMatchObject({
      isError: true,
      structuredContent: { code: "tool.failed" },
    });
    const internal = await call("secretive", {});
    expect(internal).toMatchObject({ isError: true, structuredContent: { code: "internal" } });
    expect(JSON.stringify(internal)).not.toContain("hunter2");
    await expect(client.callTool({ name: "nothing", arguments: {} })).rejects.toThrow("Unknown tool");
  });

  it("shows and does for each only what they may use", async () => {
    interface Member extends McpPrincipal {
      readonly role: "admin" | "viewer";
    }
    const { lookUp, mail, effects, approvals } = setup();
    const server = createMcpServer<Member>({
      ...{ tools: [lookUp, mail], effects, approvals },
      mayUse: ({ role }, tool) => role === "admin" || tool === "look_up",
    });
    const { client } = await connect(server, { tenant: "acme", id: "user:ada", role: "viewer" });
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(["look_up"]);
    await expect(client.callTool({ name: "mail", arguments: { to: "a" } })).rejects.toThrow("Unknown tool");
    const admin = await connect(server, { tenant: "acme", id: "user:bo", role: "admin" });
    expect((await admin.client.listTools()).tools).toHaveLength(3);
  });

  it("tells how far an agent is, and gives its answer", async () => {
    const { call } = await connect(setup({ agents: [waitingAgent(Promise.resolve("ok"))] }).server);
    const told: (string | undefined)[] = [];
    const onprogress = ({ message }: { message?: string }) => void told.push(message);
    const result = await call("analyst", { question: "Why?" }, { onprogress });
    expect(result.content).toEqual([{ type: "text", text: "Because they grow." }]);
    expect(told).toEqual(expect.arrayContaining(["begins", "calls wait", "wait is done", "writes"]));
    expect(await call("analyst", { question: "" })).toMatchObject({
      isError: true,
      structuredContent: { code: "agent.input_invalid" },
    });
  });

  it("ends the run of a client that cancels", async () => {
    const [begun, stopped] = [deferred(), deferred()];
    const agent = waitingAgent(new Promise(() => {}), { onStart: begun.resolve, onAbort: stopped.resolve });
    const { call } = await connect(setup({ agents: [agent] }).server);
    const leave = new AbortController();
    const calling = call("analyst", { question: "Why?" }, { signal: leave.signal });
    const ended = expect(calling).rejects.toThrow("enough");
    await begun.promise;
    leave.abort(new Error("enough"));
    await Promise.all([ended, stopped.promise]);
  });

  it("ends the runs of a client that leaves", async () => {
    const [begun, stopped] = [deferred(), deferred()];
    const agent = waitingAgent(new Promise(() => {}), { onStart: begun.resolve, onAbort: stopped.resolve });
    const { client, call } = await connect(setup({ agents: [agent] }).server);
    const ended = expect(call("analyst", { question: "Why?" })).rejects.toThrow("closed");
    await begun.promise;
    await client.close();
    await Promise.all([ended, stopped.promise]);
  });
});

describe("a call that waits for a person", () => {
  const asked = async (call: Awaited<ReturnType<typeof connect>>["call"]) => {
    const result = await call("mail", { to: "ada@figma.com" });
    expect(result).toMatchObject({ isError: true, structuredContent: { code: "approval.required" } });
    return String(result.structuredContent?.["approvalId"]);
  };

  it("is answered with the approval and how to go on, and is done once a person has allowed it", async () => {
    const { server, approvals, sent } = setup();
    const { call } = await connect(server);
    const approvalId = await asked(call);
    expect(await call("go_on", { approvalId })).toMatchObject({ structuredContent: { status: "pending" } });
    expect(sent).toEqual([]);
    await approvals.approve(approvalId, { tenant: "acme", by: "user:boss" });
    expect(await call("go_on", { approvalId })).toMatchObject({ structuredContent: { sent: 1 } });
    expect(await call("go_on", { approvalId })).toMatchObject({ structuredContent: { sent: 1 } });
    expect(sent).toEqual(["ada@figma.com"]);
    expect(await asked(call)).not.toBe(approvalId);
  });

  it("does what the person changed it to, and nothing where the person refused", async () => {
    const { server, approvals, sent } = setup();
    const { call } = await connect(server);
    const first = await asked(call);
    await approvals.approve(first, {
      tenant: "acme",
      by: "user:boss",
      editedArguments: { to: "bo@figma.com" },
    });
    await call("go_on", { approvalId: first });
    const second = await asked(call);
    await approvals.refuse(second, { tenant: "acme", by: "user:boss", reason: "Not now." });
    expect(await call("go_on", { approvalId: second })).toMatchObject({
      isError: true,
      structuredContent: { code: "approval.invalid" },
    });
    expect(sent).toEqual(["bo@figma.com"]);
  });

  it("is nobody else's to go on with, of this tenant or another", async () => {
    const { server, approvals, sent } = setup();
    const approvalId = await asked((await connect(server)).call);
    await approvals.approve(approvalId, { tenant: "acme", by: "user:boss" });
    for (const other of [
      { tenant: "acme", id: "user:eve" },
      { tenant: "globex", id: "user:ada" },
    ]) {
      const { call } = await connect(server, other);
      expect(await call("go_on", { approvalId })).toMatchObject({
        isError: true,
        structuredContent: { code: "approval.invalid" },
      });
    }
    expect(sent).toEqual([]);
  });

  it("is gone on with in an agent's run too", async () => {
    const { approvals, effects, mail, sent, lookUp } = setup();
    const model = scriptedModel([
      { toolCalls: [{ name: "mail", input: { to: "ada@figma.com" } }] },
      { toolCalls: [{ name: "mail", input: { to: "ada@figma.com" } }] },
      { text: "Sent." },
    ]);
    const agent = defineAgent({
      name: "writer",
      instructions: "Write.",
      tools: [mail],
      model,
      effects,
      input: Question,
    });
    const agents = [exposeAgent({ agent, description: "Writes.", input: Question })];
    const { call } = await connect(createMcpServer({ tools: [lookUp], agents, approvals }));
    const waits = await call("writer", { question: "Write to Ada." });
    const approvalId = String(waits.structuredContent?.["approvalId"]);
    await approvals.approve(approvalId, { tenant: "acme", by: "user:boss" });
    expect((await call("go_on", { approvalId })).content).toEqual([{ type: "text", text: "Sent." }]);
    expect(sent).toEqual(["ada@figma.com"]);
  });
});

describe("what a server can't be made of", () => {
  it("is refused when it is made, by the option's name", () => {
    const { mail, lookUp, effects, approvals } = setup();
    expect(() => createMcpServer({ tools: [mail] })).toThrow("createMcpServer.effects");
    expect(() => createMcpServer({ tools: [mail], effects })).toThrow("createMcpServer.approvals");
    expect(() => createMcpServer({ tools: [lookUp, lookUp], approvals })).toThrow("one name");
    expect(() =>
      exposeAgent({ agent: { name: "a b", run: () => [] as never }, description: "", input: Question }),
    ).toThrow("exposeAgent.name");
    expect(() =>
      exposeAgent({
        agent: { name: "text", run: (_: string) => [] as never },
        description: "",
        input: z.string(),
      }),
    ).toThrow("must be an object");
  });
});

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
