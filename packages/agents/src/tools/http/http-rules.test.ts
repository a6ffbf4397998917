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
