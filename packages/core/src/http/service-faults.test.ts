import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import { createServiceClient } from "./service-client.js";
import type { ServiceClientOptions } from "./service-client-options.js";

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A client of a server that counts what came to it. */
async function setUp(listener: RequestListener, options: Partial<ServiceClientOptions> = {}) {
  const seen: string[] = [];
  const baseUrl = await listen((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    listener(request, response);
  });
  const auth = { type: "bearer", token: "key_0123456789" } as const;
  const retry = { baseMs: 1, capMs: 1 };
  const client = createServiceClient({ service: "acme", baseUrl, auth, retry, ...options });
  return { client, seen, baseUrl };
}

describe("a service client over the wire", () => {
  it("makes no write again whose answer was lost after the work was done", async () => {
    let created = 0;
    const { client } = await setUp((request, response) => {
      request.resume().on("end", () => {
        created++;
        response.destroy();
      });
    });
    await expect(client.post("/contacts", { json: { name: "Ada" } })).rejects.toMatchObject({
      code: "service.unavailable",
      replay: "unsafe",
    });
    expect(created).toBe(1);
  });

  it("makes no write again whose answer broke off in its body", async () => {
    const { client, seen } = await setUp((_, response) => {
      response.writeHead(201, { "content-type": "application/json", "content-length": "20" });
      response.write('{"id":', () => response.destroy());
    });
    await expect(client.post("/contacts", { json: { name: "Ada" } })).rejects.toMatchObject({
      code: "service.unavailable",
      replay: "unsafe",
    });
    expect(seen).toHaveLength(1);
  });

  it("makes a read again whose answer broke off in its body", async () => {
    let calls = 0;
    const { client, seen } = await setUp((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "20" });
      if (++calls > 2) return void response.end('{"id":"0123456789ab"');
      response.write('{"id":', () => response.destroy());
    });
    // The third answer is whole by its length, and yet no JSON.
    await expect(client.get("/a")).rejects.toMatchObject({ code: "service.malformed_response" });
    expect(seen.length).toBe(4);
  });

  it("cuts a body that is longer than allowed, whatever its length header says", async () => {
    const closed: boolean[] = [];
    const { client } = await setUp(
      (_, response) => {
        response.on("close", () => closed.push(true));
        response.writeHead(200, { "content-type": "application/json" });
        const more = () => {
          while (!response.destroyed && response.write(`"${"x".repeat(10_000)}"`));
        };
        response.on("drain", more);
        more();
      },
      { limits: { responseBytes: 100_000 }, retry: false },
    );
    await expect(client.get("/endless")).rejects.toMatchObject({
      code: "service.malformed_response",
      message: expect.stringContaining("more than 100000 bytes"),
    });
    while (closed.length === 0) await new Promise((resolve) => setImmediate(resolve));
  });

  it("counts what a small compressed body unpacks to", async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, "0"));
    const { client } = await setUp(
      (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
      { limits: { responseBytes: 1_000_000 }, retry: false },
    );
    expect(bomb.length).toBeLessThan(100_000);
    await expect(client.get("/bomb")).rejects.toThrow(/more than 1000000 bytes/);
  });

  it("keeps a refusal whose words broke off or are too many", async () => {
    const { client } = await setUp(
      (request, response) => {
        response.writeHead(request.url === "/cut" ? 429 : 400, {
          "content-length": "500000",
          "retry-after": "1",
        });
        if (request.url === "/cut") response.write("{", () => response.destroy());
        else response.end("x".repeat(500_000));
      },
      { limits: { responseBytes: 1_000 }, retry: false },
    );
    await expect(client.post("/cut", { json: 1 })).rejects.toMatchObject({
      code: "service.rate_limited",
      facts: { retryAfterMs: 1_000 },
      replay: "safe",
    });
    await expect(client.get("/long")).rejects.toMatchObject({
      code: "service.refused",
      facts: { status: 400 },
    });
  });

  it("never shows its key to another host", async () => {
    const stolen: (string | undefined)[] = [];
    const thief = await listen((request, response) => {
      stolen.push(request.headers.authorization);
      response.end("{}");
    });
    const { client, seen } = await setUp(
      (_, response) => void response.writeHead(302, { location: `${thief}/x` }).end(),
      { limits: { redirects: 3 } },
    );
    await expect(client.get("/x")).rejects.toMatchObject({ code: "service.refused" });
    await expect(client.get(`${thief}/x`)).rejects.toThrow(TypeError);
    await client.get(`${thief}/x`, { anonymous: true });
    expect([stolen, seen.length]).toEqual([[undefined], 1]);
  });

  it("makes a write again when there was nobody to connect to", async () => {
    const { client, baseUrl } = await setUp((_, response) => void response.end("{}"), { breaker: false });
    const [server] = servers.splice(0);
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
    let waits = 0;
    const retrying = createServiceClient({
      service: "acme",
      baseUrl,
      retry: { baseMs: 1, capMs: 1, retries: 2 },
      onCall: () => waits++,
    });
    await expect(retrying.post("/x", { json: 1 })).rejects.toMatchObject({
      code: "service.unavailable",
      replay: "safe",
      facts: { vendorCode: "ECONNREFUSED" },
    });
    expect(waits).toBe(3);
    await expect(client.get("/x", { signal: AbortSignal.abort("left") })).rejects.toBe("left");
  });

  it("closes the connection when the caller aborts in the middle of a body", async () => {
    let isClosed = false;
    const caller = new AbortController();
    const { client } = await setUp((_, response) => {
      response.on("close", () => {
        isClosed = true;
      });
      response.writeHead(200, { "content-type": "application/json" });
      response.write("[", () => caller.abort(new Error("left")));
    });
    await expect(client.get("/slow", { signal: caller.signal })).rejects.toThrow("left");
    while (!isClosed) await new Promise((resolve) => setImmediate(resolve));
  });
});
