import { describe, expect, it } from "vitest";
import { readLimited } from "../egress/read-limited.js";
import { loopbackServer } from "../testing/loopback-server.js";
import { nodeEgress } from "./node-egress.js";

const signal = new AbortController().signal;

describe("nodeEgress", () => {
  it("connects to the address that was checked, whatever the name stands for a moment later", async () => {
    await using checked = await loopbackServer(
      (request, response) => response.end(request.headers.host),
      "127.0.0.1",
    );
    const answers = ["127.0.0.1", "127.0.0.2"];
    const egress = nodeEgress({ resolve: async () => [{ address: answers.shift() ?? "", family: 4 }] });
    const url = new URL(`http://rebound.example:${checked.port}/`);
    const admits = (address: string) => address === "127.0.0.1";

    const { body } = await egress.send({ url, method: "GET", headers: {} }, { admits, signal });
    const { bytes } = await readLimited(body, 1_000, signal);

    expect(new TextDecoder().decode(bytes)).toBe(url.host);
    expect(answers).toEqual(["127.0.0.2"]);
    await expect(egress.send({ url, method: "GET", headers: {} }, { admits, signal })).rejects.toMatchObject({
      code: "http.blocked",
      facts: { rule: "address" },
    });
    expect(checked.requests).toHaveLength(1);
  });

  it("says so when a name stands for nothing", async () => {
    const egress = nodeEgress({ resolve: async () => [] });
    const request = { url: new URL("http://nobody.example/"), method: "GET", headers: {} };
    await expect(egress.send(request, { admits: () => true, signal })).rejects.toMatchObject({
      code: "service.unavailable",
      facts: { service: "nobody.example" },
    });
  });

  it("refuses an encoding that it did not ask for", async () => {
    await using server = await loopbackServer((_request, response) => {
      response.writeHead(200, { "content-encoding": "zstd, gzip" }).end("x");
    });
    const request = { url: new URL(server.url), method: "GET", headers: {} };
    await expect(nodeEgress().send(request, { admits: () => true, signal })).rejects.toMatchObject({
      code: "service.malformed_response",
    });
    await server.idle();
  });

  it("has no body to read where HTTP has none", async () => {
    await using server = await loopbackServer((_request, response) => response.writeHead(204).end());
    const request = { url: new URL(server.url), method: "GET", headers: {} };
    expect(await nodeEgress().send(request, { admits: () => true, signal })).toMatchObject({
      status: 204,
      body: null,
    });
  });

  it("does not send once the caller has left", async () => {
    const reason = new Error("too late");
    const request = { url: new URL("http://127.0.0.1:1/"), method: "GET", headers: {} };
    const call = { admits: () => true, signal: AbortSignal.abort(reason) };
    await expect(nodeEgress().send(request, call)).rejects.toBe(reason);
  });
});
