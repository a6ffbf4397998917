import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { StreamWriter } from "@salesagent/core/live";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { requestListener } from "../node/request-listener.js";
import { serve } from "../testing/loopback.js";
import { MEMBER, type OpenSales, openSales, STRANGER, VIEWER } from "../testing/open-sales.js";
import { settle } from "../testing/open-table.js";
import { attachSockets, type SocketOptions } from "./attach-sockets.js";

// biome-ignore lint/suspicious/noExplicitAny: what a frame holds is what its test says.
type Frame = any;

const HEARTBEAT_MS = 15_000;
const MOST_TURNS = 50_000;
const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each[Symbol.asyncDispose]();
});

/** A server with a stream `s` of acme, and who writes it. */
async function open(options: Parameters<typeof openSales>[0] & { readonly sockets?: SocketOptions } = {}) {
  const { sockets: socketOptions, ...rest } = options;
  const app = openSales(rest);
  const loopback = await serve(requestListener(app.server));
  const sockets = attachSockets(loopback.http, app.server, socketOptions);
  opened.push(loopback);
  await app.sales.streams.open("acme", { id: "s", source: "agent:writer" });
  const writer = await app.soon(app.sales.streams.writer("acme", "s", { fence: 1 }));
  const url = `${loopback.url.replace("http", "ws")}${app.server.scope.prefix}`;
  return { ...app, loopback, sockets, writer, url };
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Looks until it is so, while connections do what they do and, now and then, a little time passes. */
async function until(
  { clock }: Pick<OpenSales, "clock">,
  isSo: () => boolean,
  { advanceMs = 20 }: { readonly advanceMs?: number } = {},
): Promise<void> {
  for (let turn = 1; !isSo(); turn += 1) {
    if (turn > MOST_TURNS) throw new Error("it never came to be so");
    await new Promise((resolve) => setImmediate(resolve));
    if (turn % 25 === 0) clock.advance(advanceMs);
  }
}

/** A reader that notes what it is told. */
function follow(app: Opened, query = "", headers: Record<string, string> = { "x-as": MEMBER }, id = "s") {
  const socket = new WebSocket(`${app.url}/streams/${id}/socket${query}`, { headers });
  const frames: Frame[] = [];
  const state: { close?: number; status?: number; refusal?: Frame; isOpen: boolean } = { isOpen: false };
  socket.on("open", () => {
    state.isOpen = true;
  });
  socket.on("message", (data) => frames.push(JSON.parse(String(data))));
  socket.on("close", (code) => {
    state.close = code;
  });
  socket.on("unexpected-response", (_, response) => {
    let text = "";
    response.on("data", (chunk) => {
      text += chunk;
    });
    response.on("end", () => {
      state.refusal = JSON.parse(text);
      state.status = response.statusCode ?? 0;
    });
  });
  socket.on("error", () => {});
  return { socket, frames, state };
}

const note = (writer: StreamWriter, index: number, size = 0) =>
  writer.write({ type: "note", data: { index, text: "x".repeat(size) } });

describe("a stream by WebSocket", () => {
  it("is told event by event, in order, to its end", async () => {
    const app = await open();
    await note(app.writer, 1);
    const { frames, state } = follow(app);
    await until(app, () => frames.length === 1);
    await note(app.writer, 2);
    const ended = app.writer.end({ status: "failed", error: { code: "x", message: "Broken." } });
    await until(app, () => state.close !== undefined);
    await ended;
    expect(frames).toEqual([
      { seq: 1, type: "note", data: { index: 1, text: "" } },
      { seq: 2, type: "note", data: { index: 2, text: "" } },
      { type: "end", data: { status: "failed", error: { code: "x", message: "Broken." } } },
    ]);
    expect(state.close).toBe(1000);
    expect(app.sockets.counts()).toEqual({ open: 0, waitingBytes: 0 });
    expect(app.server.scope.connections.total).toBe(0);
  });

  it("goes on after the event that is known", async () => {
    const app = await open({ prefix: "/sales" });
    for (const index of [1, 2, 3]) await note(app.writer, index);
    await app.soon(app.writer.flush());
    const { frames } = follow(app, "?after=2");
    await until(app, () => frames.length > 0);
    expect(frames.map(({ seq }) => seq)).toEqual([3]);
  });

  it("is stopped by who may, and told to its end", async () => {
    const app = await open();
    const { socket, frames, state } = follow(app);
    await until(app, () => state.isOpen);
    socket.send(JSON.stringify({ type: "ack", seq: 0 }));
    socket.send(JSON.stringify({ type: "stop", reason: "enough" }));
    await until(app, () => app.writer.stopAsked !== undefined);
    expect(app.writer.stopAsked).toMatchObject({ by: "user:1", reason: "enough" });
    const ended = app.writer.end({ status: "cancelled" });
    await until(app, () => state.close !== undefined);
    await ended;
    expect(frames).toEqual([{ type: "end", data: { status: "cancelled" } }]);
  });

  it("is not stopped by who may only look, which is on record", async () => {
    const app = await open();
    const { socket, state } = follow(app, "", { "x-as": VIEWER });
    await until(app, () => state.isOpen);
    socket.send(JSON.stringify({ type: "stop" }));
    await until(app, () => state.close !== undefined);
    expect(state.close).toBe(1008);
    expect((await app.sales.streams.get("acme", "s"))?.stop).toBeUndefined();
    await app.server[Symbol.asyncDispose]();
    const { items } = await app.storage.tenant("acme").audit.list({ action: "request-refused" });
    expect(items).toMatchObject([{ actor: "user:3", facts: { permission: "runs:cancel" } }]);
  });

  it("goes on when its reader leaves", async () => {
    const app = await open();
    const { socket, state } = follow(app);
    await until(app, () => state.isOpen);
    socket.close();
    await until(app, () => app.sockets.counts().open === 0);
    expect(app.server.scope.connections.total).toBe(0);
    expect(app.sales.streams.counts().readers).toBe(0);
    expect((await app.sales.streams.get("acme", "s"))?.status).toBe("open");
  });

  it("ends with its host, which says so", async () => {
    const app = await open();
    const { state } = follow(app);
    await until(app, () => state.isOpen);
    app.sockets[Symbol.dispose]();
    await until(app, () => state.close !== undefined);
    expect(state.close).toBe(1001);
  });
});

describe("a WebSocket is not let in", () => {
  interface Attempt {
    readonly headers?: Record<string, string>;
    readonly query?: string;
    readonly id?: string;
  }
  const evil = { "x-as": MEMBER, origin: "https://evil.test" };

  it.each<[string, number, Attempt]>([
    ["for nobody", 401, { headers: {} }],
    ["without the permission", 403, { headers: { "x-as": "acme/key:1/owner/leads:read" } }],
    ["for another tenant", 404, { headers: { "x-as": STRANGER } }],
    ["for a stream that there is not", 404, { id: "none" }],
    ["for an id that can be none", 400, { id: "a%00b" }],
    ["for a page of another site", 403, { headers: evil }],
    ["for a sandboxed page", 403, { headers: { "x-as": MEMBER, origin: "null" } }],
    ["for a page of another site with a key", 403, { headers: { ...evil, authorization: "Bearer x" } }],
    ["after no number", 400, { query: "?after=-1" }],
    ["with what is not known", 400, { query: "?as=boss" }],
  ])(
    "%s, which is told before it begins: %i",
    async (_, status, { headers = { "x-as": MEMBER }, query, id }) => {
      const app = await open();
      const { state } = follow(app, query, headers, id);
      await until(app, () => state.status !== undefined);
      expect([state.status, state.refusal.status]).toEqual([status, status]);
      expect(state.isOpen).toBe(false);
      expect(app.server.scope.connections.total).toBe(0);
    },
  );

  it("where the principal has as many as it may", async () => {
    const app = await open({ limits: { streamsPerPrincipal: 2 } });
    const two = [follow(app), follow(app)];
    await until(app, () => two.every(({ state }) => state.isOpen));
    const { state } = follow(app);
    await until(app, () => state.status !== undefined);
    expect([state.status, state.refusal.code]).toEqual([429, "access.limited"]);
    const other = follow(app, "", { "x-as": VIEWER });
    await until(app, () => other.state.isOpen);
  });

  it("and a page of the host's own, or of a trusted one, is", async () => {
    const app = await open({ cors: { origins: ["https://studio.example.com"] } });
    const own = follow(app, "", { "x-as": MEMBER, origin: app.loopback.url });
    const trusted = follow(app, "", { "x-as": MEMBER, origin: "https://studio.example.com" });
    await until(app, () => own.state.isOpen && trusted.state.isOpen);
  });

  it("and other paths are the host's own, or not found", async () => {
    const app = await open();
    const alone = new WebSocket(`${app.url}/chat`);
    alone.on("error", () => {});
    const [, response] = (await once(alone, "unexpected-response")) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(404);
    const seen: string[] = [];
    app.loopback.http.on("upgrade", (incoming, socket) => {
      if (incoming.url !== "/chat") return;
      seen.push(incoming.url);
      socket.end("HTTP/1.1 418 Teapot\r\ncontent-length: 0\r\n\r\n");
    });
    const second = new WebSocket(`${app.url}/chat`);
    second.on("error", () => {});
    const [, teapot] = (await once(second, "unexpected-response")) as [unknown, { statusCode: number }];
    expect([teapot.statusCode, seen]).toEqual([418, ["/chat"]]);
  });
});

describe("what a reader says", () => {
  it.each([
    ["no JSON", "stop"],
    ["no known type", '{"type":"start"}'],
    ["more than is known", '{"type":"stop","tenant":"globex"}'],
    ["a reason that can't be kept", '{"type":"stop","reason":"a\\u0000b"}'],
    ["a list", "[]"],
    ["bytes", Buffer.from('{"type":"stop"}')],
  ])("is refused where it is %s", async (_, data) => {
    const app = await open();
    const { socket, state } = follow(app);
    await until(app, () => state.isOpen);
    socket.send(data);
    await until(app, () => state.close !== undefined);
    expect(state.close).toBe(1008);
    expect(app.writer.stopAsked).toBeUndefined();
  });

  it("is refused where it is too large", async () => {
    const app = await open();
    const { socket, state } = follow(app);
    await until(app, () => state.isOpen);
    socket.send(JSON.stringify({ type: "stop", reason: "x".repeat(70_000) }));
    await until(app, () => state.close !== undefined);
    expect(state.close).toBe(1009);
  });

  it("is refused where it is too much", async () => {
    const app = await open({ limits: { requestsPerMinute: 5 } });
    const { socket, state } = follow(app);
    await until(app, () => state.isOpen);
    for (let seq = 0; seq < 10; seq += 1) socket.send(JSON.stringify({ type: "ack", seq }));
    await until(app, () => state.close !== undefined);
    expect(state.close).toBe(1008);
  });

  it("harms nobody, whatever bytes it is", async () => {
    const app = await open();
    const kept = follow(app);
    await until(app, () => kept.state.isOpen);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
        const socket = await handshake(app);
        socket.resume().end(bytes);
        await until(app, () => socket.closed);
      }),
      { numRuns: 30 },
    );
    await until(app, () => app.sockets.counts().open === 1);
    await note(app.writer, 1);
    await until(app, () => kept.frames.length === 1);
    expect(app.faults).toEqual([]);
  });

  it("harms nobody, whatever well-formed frame it is", async () => {
    const app = await open();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.json(), fc.string({ unit: "binary" })),
        fc.boolean(),
        async (text, binary) => {
          const { socket, state } = follow(app);
          await until(app, () => state.isOpen);
          socket.send(text, { binary });
          await until(app, () => state.close !== undefined);
          expect(state.close).toBe(1008);
        },
      ),
      { numRuns: 15 },
    );
    expect(app.faults).toEqual([]);
  });
});

/** A connection of bytes, past the handshake, that reads nothing by itself. */
async function handshake(app: Opened): Promise<Socket> {
  const socket = connect(app.loopback.port, "127.0.0.1");
  socket.on("error", () => {});
  const lines = [
    ...["GET /streams/s/socket HTTP/1.1", "host: 127.0.0.1", `x-as: ${MEMBER}`, "upgrade: websocket"],
    ...["connection: Upgrade", "sec-websocket-version: 13", "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="],
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  await once(socket, "readable");
  return socket;
}

describe("a reader that takes nothing", () => {
  it("is not held more for than was said, and cut after a heartbeat; others read on", async () => {
    const app = await open({ sockets: { bufferedBytes: 200_000 } });
    const dead = await handshake(app);
    const live = follow(app);
    await until(app, () => live.state.isOpen && app.sockets.counts().open === 2);
    let most = 0;
    for (let index = 1; index <= 2_000; index += 1) {
      await note(app.writer, index, 10_000);
      if (index % 100 > 0) continue;
      const flushed = app.writer.flush();
      await until(app, () => live.frames.length === index);
      await flushed;
      most = Math.max(most, app.sockets.counts().waitingBytes);
    }
    expect(most).toBeGreaterThan(100_000);
    expect(most).toBeLessThan(200_000 + 2 * 11_000);
    app.clock.advance(HEARTBEAT_MS);
    await until(app, () => app.sockets.counts().open === 1);
    expect(live.state.close).toBeUndefined();
    dead.destroy();
  });

  it("and does not answer is cut at the second heartbeat", async () => {
    const app = await open();
    const dead = await handshake(app);
    await until(app, () => app.sockets.counts().open === 1);
    app.clock.advance(HEARTBEAT_MS);
    await settle();
    expect(app.sockets.counts().open).toBe(1);
    app.clock.advance(HEARTBEAT_MS);
    await until(app, () => app.sockets.counts().open === 0);
    dead.destroy();
  });

  it("but answers stays for as long as it likes", async () => {
    const app = await open();
    const { state, socket } = follow(app);
    await until(app, () => state.isOpen);
    let pings = 0;
    socket.on("ping", () => {
      pings += 1;
    });
    for (let beat = 1; beat <= 5; beat += 1) {
      app.clock.advance(HEARTBEAT_MS);
      await until(app, () => pings === beat, { advanceMs: 0 });
      // What it answers is on its way.
      for (let turn = 0; turn < 20; turn += 1) await settle();
    }
    expect(app.sockets.counts().open).toBe(1);
  });
});

it("ends after a while, so that its reader shows anew who it is", async () => {
  const app = await open({ limits: { streamMs: 20_000 } });
  const { state, socket } = follow(app);
  await until(app, () => state.isOpen);
  let isPinged = false;
  socket.on("ping", () => {
    isPinged = true;
  });
  app.clock.advance(HEARTBEAT_MS);
  await until(app, () => isPinged, { advanceMs: 0 });
  for (let turn = 0; turn < 20; turn += 1) await settle();
  expect(state.close).toBeUndefined();
  app.clock.advance(HEARTBEAT_MS);
  await until(app, () => state.close !== undefined);
  expect(state.close).toBe(1012);
  expect((await app.sales.streams.get("acme", "s"))?.status).toBe("open");
});

it("stands in the table for who asks without an upgrade", async () => {
  const app = await open();
  const asked = await app.json("/streams/s/socket");
  expect(asked).toMatchObject({ status: 400, body: { issues: [{ path: "headers.upgrade" }] } });
  expect((await app.json("/streams/s/socket", { as: STRANGER })).status).toBe(404);
});
