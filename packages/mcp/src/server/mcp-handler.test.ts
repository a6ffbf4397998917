import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { manualClock } from "@salesagent/conformance";
import { defineTool } from "@salesagent/core/tools";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { runOne } from "../testing/run-one.js";
import { listenTo } from "../testing/web-listener.js";
import { mcpTools } from "../tools/mcp-tools.js";
import { createMcpServer } from "./create-mcp-server.js";
import { type McpHandlerOptions, mcpHandler } from "./mcp-handler.js";

const BEGIN = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "raw", version: "1" } },
};

/** A server whose tool tells when it begins and when it is left. */
async function serve(options: McpHandlerOptions = {}) {
  const [begun, stopped] = [deferred(), deferred()];
  const lookUp = defineTool({
    name: "look_up",
    description: "Looks a company up.",
    input: z.object({ company: z.string() }),
    effect: "read",
    run: ({ company }, { tenant }) => ({ company, tenant }),
  });
  const hang = defineTool({
    name: "hang",
    description: "Never ends.",
    input: z.object({}),
    effect: "none",
    run: (_input, { signal }) => {
      signal.addEventListener("abort", stopped.resolve, { once: true });
      begun.resolve();
      return new Promise(() => {});
    },
  });
  const server = createMcpServer({ tools: [lookUp, hang] });
  const handler = mcpHandler(server, options);
  const answer = (request: Request) => {
    const token = request.headers.get("authorization") ?? "";
    if (token === "") return Promise.resolve(new Response("who?", { status: 401 }));
    return handler(request, { tenant: token === "globex" ? "globex" : "acme", id: token });
  };
  const listener = await listenTo(answer);
  const ask = (message: unknown, headers: Record<string, string> = {}, method = "POST") =>
    answer(
      new Request("https://app.example.com/mcp", {
        method,
        headers: {
          authorization: "ada",
          accept: "application/json, text/event-stream",
          "content-type": "application/json",
          ...headers,
        },
        ...(method === "POST"
          ? { body: typeof message === "string" ? message : JSON.stringify(message) }
          : {}),
      }),
    );
  const begin = async (headers = {}) => (await ask(BEGIN, headers)).headers.get("mcp-session-id") ?? "";
  return {
    ...{ url: listener.url, ask, begin, begun: begun.promise, stopped: stopped.promise },
    async [Symbol.asyncDispose]() {
      await handler[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await listener[Symbol.asyncDispose]();
    },
  };
}

async function connect(url: string, authorization = "ada") {
  const client = new Client({ name: "test", version: "1" });
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { authorization } },
  });
  await client.connect(transport);
  return { client, transport };
}

describe("streamable HTTP", () => {
  it("serves the official client, each principal their own tenant", async () => {
    await using served = await serve();
    for (const tenant of ["acme", "globex"]) {
      const { client } = await connect(served.url, tenant);
      expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(["look_up", "hang"]);
      const result = await client.callTool({ name: "look_up", arguments: { company: "Figma" } });
      expect(result.structuredContent).toEqual({ company: "Figma", tenant });
      await client.close();
    }
  });

  it("ends what a client cancels", async () => {
    await using served = await serve();
    const { client } = await connect(served.url);
    const leave = new AbortController();
    const calling = client.callTool({ name: "hang", arguments: {} }, undefined, { signal: leave.signal });
    const ended = expect(calling).rejects.toThrow("enough");
    await served.begun;
    leave.abort(new Error("enough"));
    await Promise.all([ended, served.stopped]);
    await client.close();
  });

  it("ends what runs when its session is ended", async () => {
    await using served = await serve();
    const { client, transport } = await connect(served.url);
    void client.callTool({ name: "hang", arguments: {} }).catch(() => {});
    await served.begun;
    await transport.terminateSession();
    await served.stopped;
    await client.close();
  });

  it("is what mcpTools connects to, with the headers of the host, on a private address only where it is allowed", async () => {
    await using served = await serve();
    const address = { name: "own", url: served.url, headers: { authorization: "globex" }, trusted: true };
    await expect(mcpTools(address)).rejects.toMatchObject({ code: "http.blocked" });
    await using mcp = await mcpTools({ ...address, allowPrivate: true });
    const { output } = await runOne(mcp.tools, "own_look_up", { company: "Figma" });
    expect(output).toEqual({ company: "Figma", tenant: "globex" });
    const refused = mcpTools({ ...address, headers: {}, allowPrivate: true });
    await expect(refused).rejects.toMatchObject({ code: "service.auth" });
  });

  it("goes on with a session that the server has forgotten", async () => {
    const first = await serve();
    const at = { current: first };
    await using listener = await listenTo((request) => {
      const { url, method, headers } = request;
      const body = method === "POST" ? { body: request.body, duplex: "half" } : {};
      return fetch(url.replace(/^http:\/\/[^/]+\/mcp/, at.current.url), {
        method,
        headers,
        ...body,
      } as RequestInit);
    });
    const address = { name: "own", url: listener.url, headers: { authorization: "ada" } };
    await using second = await serve();
    await using mcp = await mcpTools({ ...address, allowPrivate: true, trusted: true });
    at.current = second;
    await first[Symbol.asyncDispose]();
    expect(await runOne(mcp.tools, "own_look_up", { company: "Figma" })).toMatchObject({ failed: false });
  });

  it("does not tell another's session from none", async () => {
    await using served = await serve();
    const id = await served.begin();
    const list = { jsonrpc: "2.0", id: 2, method: "tools/list" };
    expect((await served.ask(list, { "mcp-session-id": id })).status).toBe(200);
    for (const headers of [
      { "mcp-session-id": id, authorization: "eve" },
      { "mcp-session-id": crypto.randomUUID() },
    ]) {
      const response = await served.ask(list, headers);
      expect([response.status, await response.text()]).toEqual([
        404,
        expect.stringContaining("Session not found"),
      ]);
    }
  });

  it("refuses pages of other origins, except those that are allowed", async () => {
    await using served = await serve({ allowedOrigins: ["https://desk.example.com"] });
    expect((await served.ask(BEGIN, { origin: "https://evil.test" })).status).toBe(403);
    for (const origin of ["https://desk.example.com", "https://app.example.com"]) {
      expect((await served.ask(BEGIN, { origin })).status).toBe(200);
    }
  });

  it("answers what is no message with a refusal, and keeps nothing of it", async () => {
    await using served = await serve({ maxBodyBytes: 1_000 });
    const statuses = await Promise.all([
      served.ask("{"),
      served.ask({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
      served.ask({ ...BEGIN, more: "x".repeat(2_000) }),
      served.ask(BEGIN, {}, "GET"),
      served.ask(BEGIN, { "content-type": "text/plain" }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([400, 400, 413, 400, 415]);
  });

  it("holds no more sessions than it may, and forgets those that nobody uses", async () => {
    const clock = manualClock();
    await using served = await serve({ maxSessionsPerPrincipal: 2, idleMs: 1_000, clock });
    const list = { jsonrpc: "2.0", id: 2, method: "tools/list" };
    const isThere = async (id: string) => (await served.ask(list, { "mcp-session-id": id })).status === 200;
    const [first, second, third] = [await served.begin(), await served.begin(), await served.begin()];
    expect(await isThere(first)).toBe(false);
    expect([await isThere(second), await isThere(third)]).toEqual([true, true]);
    const others = await served.begin({ authorization: "bo" });
    expect(await isThere(second)).toBe(true);
    await clock.advance(1_000);
    await served.begin({ authorization: "bo" });
    expect([await isThere(second), await isThere(others)]).toEqual([false, false]);
  });
});

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
