import { connect } from "node:net";
import { systemClock } from "@salesagent/ports";
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { jsonBody, streamBody } from "../body.js";
import { route } from "../route.js";
import { shared } from "../testing/lead-routes.js";
import { type Loopback, rawRequest, serve } from "../testing/loopback.js";
import { MEMBER, openTable } from "../testing/open-table.js";
import { listen } from "./listen.js";
import { requestListener } from "./request-listener.js";

const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
});

async function mounted(...routes: ReturnType<typeof route>[]): Promise<Loopback> {
  const { server } = openTable(routes, { clock: systemClock });
  const loopback = await serve(requestListener(server));
  opened.push(loopback);
  return loopback;
}

const as = { "x-as": MEMBER };

const echo = route({
  ...shared,
  ...{ method: "POST", path: "/echo/{id}", summary: "Echo" },
  params: z.strictObject({ id: z.string() }),
  query: z.strictObject({ q: z.string().optional() }),
  body: jsonBody(z.json()),
  handler: async ({ params, query, body, request }) => ({
    ...{ ...params, ...query, body, url: request.url, cookies: request.headers.get("cookie") },
  }),
});

/** Gives `pieces` one after the other, as fast as they are taken, and says how far it came. */
function streaming(pieces: number, size: number) {
  const state = { given: 0, cancelled: false, aborted: false };
  const stream = route({
    ...shared,
    ...{ method: "GET", path: "/stream", summary: "Streams", handlerMs: "none" },
    handler: async ({ signal }) => {
      signal.addEventListener("abort", () => {
        state.aborted = true;
      });
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            if (state.given === pieces) return controller.close();
            state.given += 1;
            controller.enqueue(new Uint8Array(size).fill(65));
          },
          cancel() {
            state.cancelled = true;
          },
        },
        { highWaterMark: 0 },
      );
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    },
  });
  return { state, stream };
}

/** Looks until it is so: what happens on a connection has no promise of its own. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

describe("a server of Node", () => {
  it("hands on what was asked for, and what is answered", async () => {
    const { url } = await mounted(echo);
    const response = await fetch(`${url}/echo/a%2Fb?q=%C3%A9`, {
      method: "POST",
      headers: { ...as, "content-type": "application/json", cookie: "a=1; b=2" },
      body: JSON.stringify({ text: "Zoë" }),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(await response.json()).toEqual({
      ...{ id: "a/b", q: "é", body: { text: "Zoë" }, cookies: "a=1; b=2" },
      url: `${url}/echo/a%2Fb?q=%C3%A9`,
    });
  });

  it("sends what is there already as a whole, with its length in bytes", async () => {
    const { port } = await mounted(echo);
    const head = `POST /echo/1 HTTP/1.1\r\nhost: x\r\nx-as: ${MEMBER}\r\ncontent-type: application/json`;
    const answer = await rawRequest(
      port,
      `${head}\r\ncontent-length: 15\r\nconnection: close\r\n\r\n{"text":"Zoë"}`,
    );
    const [told = "", body = ""] = answer.split("\r\n\r\n");
    expect(told).toContain(`content-length: ${Buffer.byteLength(body)}`);
    expect(told).not.toContain("transfer-encoding");
    expect(JSON.parse(body)).toMatchObject({ id: "1", body: { text: "Zoë" } });
  });

  it("keeps several cookies apart", async () => {
    const cookies = route({
      ...shared,
      ...{ method: "GET", path: "/cookies", summary: "Cookies" },
      handler: async () =>
        new Response(null, {
          headers: [
            ["set-cookie", "a=1; Path=/"],
            ["set-cookie", "b=2"],
          ],
        }),
    });
    const { url } = await mounted(cookies);
    const { headers } = await fetch(`${url}/cookies`, { headers: as });
    expect(headers.getSetCookie()).toEqual(["a=1; Path=/", "b=2"]);
  });

  it("takes a file while it comes, and answers before its end where it is too large", async () => {
    const seen: number[] = [];
    const upload = route({
      ...shared,
      ...{ method: "POST", path: "/upload", summary: "Upload", body: streamBody(["text/csv"]) },
      async handler({ body }) {
        let size = 0;
        for await (const piece of body as AsyncIterable<Uint8Array>) {
          size += piece.length;
          seen.push(size);
        }
        return { size };
      },
    });
    const { server } = openTable([upload], { clock: systemClock, limits: { importBytes: 2_000_000 } });
    const loopback = await serve(requestListener(server));
    opened.push(loopback);
    const send = (size: number) =>
      fetch(`${loopback.url}/upload`, {
        method: "POST",
        headers: { ...as, "content-type": "text/csv" },
        body: new ReadableStream({
          start(controller) {
            for (let sent = 0; sent < size; sent += 100_000) controller.enqueue(new Uint8Array(100_000));
            controller.close();
          },
        }),
        duplex: "half",
      } as RequestInit);
    expect(await (await send(1_000_000)).json()).toEqual({ size: 1_000_000 });
    expect(seen.length).toBeGreaterThan(1);
    expect((await send(4_000_000)).status).toBe(413);
  });

  it("answers before the end of a body that it refuses, and does not wait for the rest for ever", async () => {
    const { server, clock } = openTable([echo]);
    const loopback = await serve(requestListener(server));
    opened.push(loopback);
    const socket = connect(loopback.port, "127.0.0.1");
    const head = ["POST /echo/1 HTTP/1.1", "host: x", `x-as: ${MEMBER}`, "content-type: application/json"];
    socket.write(`${head.join("\r\n")}\r\ncontent-length: 9000000\r\n\r\n{`);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
    });
    await until(() => text.includes("}"));
    expect(text).toMatch(/^HTTP\/1.1 413 /);
    expect(socket.closed).toBe(false);
    await until(() => clock.pendingTimers > 0);
    clock.advance(1_000);
    await until(() => socket.closed);
  });

  it("sends a stream no faster than it is taken", async () => {
    const { state, stream } = streaming(10_000, 10_000);
    const { port } = await mounted(stream);
    const socket = connect(port, "127.0.0.1").pause();
    socket.write(`GET /stream HTTP/1.1\r\nhost: x\r\nx-as: ${MEMBER}\r\n\r\n`);
    await until(() => state.given > 0);
    let before = -1;
    // It stops by itself, once the buffers in between are full.
    for (let still = 0; still < 200; still = state.given === before ? still + 1 : 0) {
      before = state.given;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(state.given).toBeLessThan(5_000);
    socket.destroy();
    await until(() => state.cancelled);
    expect(state.aborted).toBe(true);
  });

  it("tells a handler that its caller has left", async () => {
    let reason: unknown;
    let isAsked = false;
    const slow = route({
      ...shared,
      ...{ method: "GET", path: "/slow", summary: "Slow" },
      handler: ({ signal }) =>
        new Promise((_, reject) => {
          isAsked = true;
          signal.addEventListener("abort", () => {
            reason = signal.reason;
            reject(signal.reason);
          });
        }),
    });
    const { url } = await mounted(slow);
    const caller = new AbortController();
    const asked = fetch(`${url}/slow`, { headers: as, signal: caller.signal }).catch(() => "left");
    await until(() => isAsked);
    caller.abort();
    expect(await asked).toBe("left");
    await until(() => reason !== undefined);
  });

  it("answers HEAD without what it would send", async () => {
    const { state, stream } = streaming(3, 10);
    const { url } = await mounted(stream);
    const response = await fetch(`${url}/stream`, { method: "HEAD", headers: as });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    await until(() => state.cancelled);
  });

  it.each([
    ["GET //evil.test/leads HTTP/1.1\r\nhost: x", 404],
    ["GET /echo HTTP/1.1\r\nhost: a b", 400],
    ["GET /echo HTTP/1.1\r\nhost: evil.test/path", 400],
    ["TRACE /echo/1 HTTP/1.1\r\nhost: x", 400],
    ["GET http://evil.test/nowhere HTTP/1.1\r\nhost: x", 404],
    ["OPTIONS * HTTP/1.1\r\nhost: x", 400],
  ])("is not led astray by %j", async (head, status) => {
    const { port } = await mounted(echo);
    const answer = await rawRequest(port, `${head}\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).not.toContain("evil.test");
  });
});

describe("listen", () => {
  it("listens where it says, and answers what is under way when it closes", async () => {
    let finish = (_: unknown) => {};
    let isAsked = false;
    const slow = route({
      ...shared,
      ...{ method: "GET", path: "/slow", summary: "Slow" },
      handler: () => {
        isAsked = true;
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    });
    const { server } = openTable([slow], { clock: systemClock });
    const listening = await listen({ port: 0 }, server);
    const answer = fetch(`${listening.url}/slow`, { headers: { ...as, connection: "close" } });
    await until(() => isAsked);
    const closing = listening.close();
    finish({ done: true });
    expect(await (await answer).json()).toEqual({ done: true });
    await closing;
    await expect(fetch(`${listening.url}/slow`)).rejects.toThrow();
    await listening[Symbol.asyncDispose]();
  });

  it("says that a port is taken", async () => {
    const { server } = openTable([echo]);
    await using first = await listen({ port: 0 }, server);
    const port = Number(new URL(first.url).port);
    await expect(listen({ port }, server)).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
