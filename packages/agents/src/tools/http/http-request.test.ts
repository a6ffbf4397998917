import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { gzipSync } from "node:zlib";
import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { webEgress } from "../../egress/web-egress.js";
import { nodeEgress } from "../../node/node-egress.js";
import { callTool } from "../../testing/call-tool.js";
import { loopbackServer } from "../../testing/loopback-server.js";
import { type HttpRequestOptions, httpRequest } from "./http-request.js";

/** A tool that may reach this machine, by Node's client unless told otherwise. */
const localTool = (allowedHosts: readonly string[], options: Partial<HttpRequestOptions> = {}) =>
  httpRequest({ allowedHosts, allowPrivate: true, egress: nodeEgress(), ...options });

const egresses = [
  ["Node's client", nodeEgress()],
  ["fetch", webEgress()],
] as const;

describe.each(egresses)("http_request by %s", (_, egress) => {
  it("brings JSON as data and other text as text", async () => {
    await using server = await loopbackServer((request, response) => {
      if (request.url === "/json")
        response.setHeader("content-type", "application/json").end('{"employees":1600}');
      else
        response
          .setHeader("content-type", "text/plain; charset=iso-8859-1")
          .end(Buffer.from("Zürich", "latin1"));
    });
    const tool = localTool([server.host], { egress });

    const json = await callTool(tool, { url: `${server.url}/json` });
    const text = await callTool(tool, { url: `${server.url}/text` });

    expect(json.output).toMatchObject({ status: 200, json: { employees: 1600 }, truncated: false });
    expect(text.output).toMatchObject({ text: "Zürich" });
    expect(tool).toMatchObject({ effect: "read", origin: "external" });
  });

  it("tells a status such as 404 as an answer", async () => {
    await using server = await loopbackServer((_request, response) => {
      response.writeHead(404, { "content-type": "text/plain" }).end("no such page");
    });
    const outcome = await callTool(localTool([server.host], { egress }), { url: server.url });
    expect(outcome).toMatchObject({ failed: false, output: { status: 404, text: "no such page" } });
  });

  it("cuts an endless body at its limit and leaves the server", async () => {
    await using server = await loopbackServer((_request, response) => {
      response.setHeader("content-type", "text/plain");
      const pour = () => {
        while (!response.destroyed && response.write("x".repeat(10_000)));
      };
      response.on("drain", pour);
      pour();
    });
    const outcome = await callTool(localTool([server.host], { egress, maxBytes: 5_000 }), {
      url: server.url,
    });

    expect(outcome.output).toMatchObject({ text: "x".repeat(5_000), truncated: true });
    await server.idle();
  });

  it("cuts what a small response unpacks into", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, "a"));
    await using server = await loopbackServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/html", "content-encoding": "gzip" }).end(bomb);
    });
    const outcome = await callTool(localTool([server.host], { egress, maxBytes: 4_000 }), {
      url: server.url,
    });

    expect(bomb.length).toBeLessThan(100_000);
    expect(outcome.output).toMatchObject({ text: "a".repeat(4_000), truncated: true });
  });

  it("gives up when a server dribbles past the time limit, and closes the connection", async () => {
    const clock = manualClock();
    await using server = await loopbackServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/plain" }).write("drip", () => clock.advance(15_000));
    });
    const outcome = await callTool(localTool([server.host], { egress }), { url: server.url }, { clock });

    expect(outcome).toMatchObject({ failed: true, errorCode: "tool.timed_out" });
    await server.idle();
  });

  it("gives up when a server never answers", async () => {
    const clock = manualClock();
    await using server = await loopbackServer(() => clock.advance(15_000));
    const outcome = await callTool(localTool([server.host], { egress }), { url: server.url }, { clock });

    expect(outcome).toMatchObject({ failed: true, errorCode: "tool.timed_out" });
    await server.idle();
  });

  it("rejects with the caller's own reason and closes the connection", async () => {
    const caller = new AbortController();
    const reason = new Error("prospect hung up");
    await using server = await loopbackServer(() => caller.abort(reason));
    const pending = callTool(
      localTool([server.host], { egress }),
      { url: server.url },
      { signal: caller.signal },
    );

    await expect(pending).rejects.toBe(reason);
    await server.idle();
  });

  it("leaves bodies that are not text unread", async () => {
    await using server = await loopbackServer((_request, response) => {
      response.setHeader("content-type", "image/png").end(Buffer.alloc(1_000));
    });
    const outcome = await callTool(localTool([server.host], { egress }), { url: server.url });
    expect(outcome.output).toMatchObject({ omitted: expect.stringContaining("image/png") });
    expect(outcome.output).not.toHaveProperty("text");
  });

  it("keeps broken JSON as text", async () => {
    await using server = await loopbackServer((_request, response) => {
      response.setHeader("content-type", "application/json").end('{"half":');
    });
    const outcome = await callTool(localTool([server.host], { egress }), { url: server.url });
    expect(outcome.output).toMatchObject({ text: '{"half":' });
  });

  it("ends a redirect loop", async () => {
    await using server = await loopbackServer((_request, response) => {
      response.writeHead(302, { location: "/again" }).end();
    });
    const outcome = await callTool(localTool([server.host], { egress, maxRedirects: 3 }), {
      url: server.url,
    });

    expect(outcome).toMatchObject({ failed: true, errorCode: "http.blocked" });
    expect(server.requests).toHaveLength(4);
  });

  it("says that a server which breaks off did", async () => {
    await using server = await loopbackServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/plain", "content-length": "1000" });
      response.write("half", () => response.destroy());
    });
    const outcome = await callTool(localTool([server.host], { egress }), { url: server.url });
    expect(outcome).toMatchObject({ failed: true, errorCode: "service.unavailable" });
  });

  it("says that nobody listens", async () => {
    const server = await loopbackServer(() => {});
    await server[Symbol.asyncDispose]();
    const outcome = await callTool(localTool([server.host], { egress }), { url: server.url });
    expect(outcome).toMatchObject({ failed: true, errorCode: "service.unavailable" });
    expect(outcome.output).toContain("ECONNREFUSED");
  });

  it("does not take what is no HTTP for an answer", async () => {
    const server = createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.end("220 mail.example ESMTP\r\n");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const outcome = await callTool(localTool([`127.0.0.1:${port}`], { egress }), {
      url: `http://127.0.0.1:${port}`,
    });
    server.close();
    expect(outcome).toMatchObject({ failed: true, errorCode: "service.unavailable" });
  });
});

describe("http_request with methods that change something", () => {
  it("is a tool that writes, unless the host says otherwise", () => {
    const options = { allowedHosts: ["api.example.com"], methods: ["POST"] as const };
    expect(httpRequest(options).effect).toBe("write");
    expect(httpRequest({ ...options, effect: "read" }).effect).toBe("read");
  });

  it("takes no method that is not allowed", async () => {
    const outcome = await callTool(httpRequest({ allowedHosts: ["api.example.com"] }), {
      url: "https://api.example.com/",
      method: "DELETE",
    });
    expect(outcome).toMatchObject({ failed: true, errorCode: "tool.input_invalid" });
  });

  it("sends a body, and not on to another host", async () => {
    const bodies: string[] = [];
    await using other = await loopbackServer((_request, response) => response.end());
    await using server = await loopbackServer((request, response) => {
      request.on("data", (piece) => bodies.push(String(piece)));
      request.on("end", () => response.writeHead(308, { location: other.url }).end());
    });
    const tool = localTool([server.host, other.host], { methods: ["POST"] });
    const outcome = await callTool(tool, { url: server.url, body: '{"a":1}' });

    expect(bodies.join("")).toBe('{"a":1}');
    expect(outcome).toMatchObject({ failed: true, errorCode: "http.blocked" });
    expect(other.requests).toEqual([]);
  });

  it("asks by GET where a 303 points", async () => {
    await using server = await loopbackServer((request, response) => {
      if (request.method === "POST") response.writeHead(303, { location: "/done" }).end();
      else response.setHeader("content-type", "text/plain").end("done");
    });
    const tool = localTool([server.host], { methods: ["POST"] });
    const outcome = await callTool(tool, { url: server.url, body: "x" });

    expect(outcome.output).toMatchObject({ text: "done" });
    expect(server.requests).toEqual(["POST /", "GET /done"]);
  });
});
