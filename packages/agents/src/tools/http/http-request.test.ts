import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { gzipSync } from "node:zlib";
import { manualClock } from "@salesagent/conformance";
import { describe, expect, it } from "vitest";
import { webEgress } from "../../egress/web-egress.js";
import { nodeEgress } from "../../node/node-egress.js";
import { callTool } from "../../testing/call-tool.js";
import { loopbackServer } from "../../testing/loopback-server.js";
import { type HttpRequestOptions, httpRequest } from "./http-request.js";

const SECRET = "sk-planted-0123456789";

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

describe("http_request checks where it goes", () => {
  it.each([
    ["http://other.example/", "host"],
    ["https://evil-example.com/", "host"],
    ["https://example.com.evil.test/", "host"],
    ["https://api.example.com:8443/", "port"],
    ["file:///etc/passwd", "scheme"],
    ["https://user:hunter2@api.example.com/", "url"],
    ["no url", "url"],
  ])("refuses %s by the rule of %s", async (url, rule) => {
    const tool = httpRequest({
      allowedHosts: ["api.example.com", "*.shop.example"],
      egress: webEgress({ fetch: () => Promise.reject(new Error("was sent")) }),
    });
    const outcome = await callTool(tool, { url });
    expect(outcome, rule).toMatchObject({ failed: true, errorCode: "http.blocked" });
    expect(outcome.output).not.toContain("hunter2");
  });

  it.each(["https://api.example.com/", "https://API.example.com./", "https://a.b.shop.example/x"])(
    "admits %s",
    async (url) => {
      const tool = httpRequest({
        allowedHosts: ["api.example.com", "*.shop.example"],
        egress: webEgress({ fetch: () => Promise.resolve(new Response("fine")) }),
      });
      expect(await callTool(tool, { url })).toMatchObject({ failed: false, output: { text: "fine" } });
    },
  );

  it.each([
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f.0.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[::1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://0.0.0.0/",
  ])("does not connect to %s, however it is written", async (url) => {
    const outcome = await callTool(httpRequest({ allowedHosts: "any", egress: nodeEgress() }), { url });
    expect(outcome).toMatchObject({ failed: true, errorCode: "http.blocked" });
  });

  it("does not connect to a name when one of its addresses is private", async () => {
    const resolve = async () => [
      { address: "93.184.215.14", family: 4 },
      { address: "127.0.0.1", family: 4 },
    ];
    const tool = httpRequest({ allowedHosts: "any", egress: nodeEgress({ resolve }) });
    const outcome = await callTool(tool, { url: "http://two-faced.example/" });
    expect(outcome).toMatchObject({ failed: true, errorCode: "http.blocked" });
  });

  it("checks each redirect as it checked the first request", async () => {
    await using inside = await loopbackServer((_request, response) => response.end("secrets"));
    await using server = await loopbackServer((_request, response) => {
      response.writeHead(302, { location: inside.url }).end();
    });
    const outcome = await callTool(localTool([server.host]), { url: server.url });

    expect(outcome).toMatchObject({ failed: true, errorCode: "http.blocked" });
    expect(inside.requests).toEqual([]);
  });

  it.each([
    [{ allowedHosts: "any" as const }, /allowedHosts.*nodeEgress/],
    [{ allowedHosts: [] }, /allowedHosts is empty/],
    [{ allowedHosts: ["https://example.com"] }, /allowedHosts\[0\]/],
    [{ allowedHosts: ["example.com", "10.0.0.5"] }, /allowedHosts\[1\].*allowPrivate/],
    [{ allowedHosts: ["*"] }, /allowedHosts\[0\]/],
    [{ allowedHosts: ["example.com"], maxBytes: 0 }, /maxBytes/],
    [{ allowedHosts: ["example.com"], maxRedirects: -1 }, /maxRedirects/],
    [{ allowedHosts: ["example.com"], methods: [] }, /methods/],
  ])("refuses the options %j", (options, message) => {
    expect(() => httpRequest(options)).toThrow(message);
  });
});

describe("http_request keeps secrets", () => {
  const ownHeaders = (host: string) => ({ [host]: () => ({ Authorization: `Bearer ${SECRET}` }) });

  it("sends your headers to their host, and masks them where the server repeats them", async () => {
    await using server = await loopbackServer((request, response) => {
      response.setHeader("content-type", "text/plain").end(`you sent ${request.headers.authorization}`);
    });
    const tool = localTool([server.host], { ownHeaders: ownHeaders(server.host) });
    const outcome = await callTool(tool, { url: server.url });
    expect(outcome.output).toMatchObject({ text: "you sent [secret]" });
  });

  it("sends neither your headers nor the model's to the host that a redirect names", async () => {
    let received: Record<string, unknown> = {};
    await using other = await loopbackServer((request, response) => {
      received = request.headers;
      response.end();
    });
    await using server = await loopbackServer((_request, response) => {
      response.writeHead(307, { location: other.url }).end();
    });
    const tool = localTool([server.host, other.host], {
      ownHeaders: ownHeaders(server.host),
      modelHeaders: ["X-Account"],
    });
    await callTool(tool, { url: server.url, headers: { "x-account": "7", accept: "text/html" } });

    expect(received).toMatchObject({ accept: "text/html" });
    expect(received).not.toHaveProperty("authorization");
    expect(received).not.toHaveProperty("x-account");
  });

  it("sends your headers by https only", async () => {
    const sent: (string | null)[] = [];
    const fetch = (_url: string | URL, init?: RequestInit) => {
      sent.push(new Headers(init?.headers).get("authorization"));
      return Promise.resolve(new Response("ok"));
    };
    const tool = httpRequest({
      allowedHosts: ["api.example.com"],
      egress: webEgress({ fetch }),
      ownHeaders: ownHeaders("api.example.com"),
    });
    await callTool(tool, { url: "http://api.example.com/" });
    await callTool(tool, { url: "https://api.example.com/" });
    expect(sent).toEqual([null, `Bearer ${SECRET}`]);
  });

  it.each(["authorization", "Host", "cookie", "metadata-flavor"])(
    "does not let a model set %s",
    async (name) => {
      const tool = httpRequest({ allowedHosts: ["api.example.com"] });
      const outcome = await callTool(tool, { url: "https://api.example.com/", headers: { [name]: "x" } });
      expect(outcome).toMatchObject({ failed: true, errorCode: "http.blocked" });
    },
  );

  it("does not let a header's value begin a line of its own", async () => {
    const tool = httpRequest({ allowedHosts: ["api.example.com"] });
    const outcome = await callTool(tool, {
      url: "https://api.example.com/",
      headers: { accept: "a\r\nhost: b" },
    });
    expect(outcome).toMatchObject({ failed: true, errorCode: "http.blocked" });
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
