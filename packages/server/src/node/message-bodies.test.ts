import { connect, type Socket } from "node:net";
import type { SalesAgent } from "@salesagent/core/app";
import { systemClock } from "@salesagent/ports";
import { afterEach, describe, expect, it } from "vitest";
import { apiKeys, firstOf } from "../access.js";
import { bytesBody } from "../body.js";
import { type Route, route } from "../route.js";
import type { ServerOptions } from "../server-options.js";
import { echo } from "../testing/echo-route.js";
import { shared } from "../testing/lead-routes.js";
import { rawRequest, serve } from "../testing/loopback.js";
import { asTold, MEMBER, openTable, settle } from "../testing/open-table.js";
import { requestListener } from "./request-listener.js";

const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
});

const size = route({
  ...shared,
  ...{ method: "POST", path: "/size", summary: "Size" },
  body: bytesBody([], { limitBytes: 200_000 }),
  handler: async ({ body }) => ({ size: body.length, sum: body.reduce((sum, byte) => sum + byte, 0) }),
});

/** Knows who asks by a header that is read of the message itself. */
const byKey = (isKnown: () => Promise<unknown> = async () => {}) =>
  apiKeys({
    apiKeys: {
      async verify() {
        await isKnown();
        return { tenant: "acme", id: "user:1", role: "member" };
      },
    },
  } as unknown as SalesAgent);

async function open(options: Partial<ServerOptions> = {}, routes: readonly Route[] = [echo, size]) {
  const table = openTable(routes, { authorize: byKey(), ...options });
  const loopback = await serve(requestListener(table.server));
  opened.push(loopback);
  return { ...table, ...loopback };
}

const AS = { "x-as": MEMBER, authorization: "Bearer sak_1" };

const head = (path: string, ...headers: string[]) =>
  [
    `POST ${path} HTTP/1.1`,
    "host: x",
    `x-as: ${MEMBER}`,
    "authorization: Bearer sak_1",
    "content-type: application/json",
    ...headers,
  ]
    .map((line) => `${line}\r\n`)
    .join("");

const posting = (path: string, body: string, ...headers: string[]) =>
  `${head(path, `content-length: ${body.length}`, ...headers)}\r\n${body}`;

/** A connection, and what came by it. */
function talk(port: number): { readonly socket: Socket; text: string } {
  const told = { socket: connect(port, "127.0.0.1"), text: "" };
  told.socket.setEncoding("utf8").on("data", (chunk: string) => {
    told.text += chunk;
  });
  told.socket.on("error", () => {});
  return told;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

const statuses = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));

describe.each([
  ["by the message alone", byKey()],
  ["by a host's function, which is given a request", asTold],
])("a body that comes by a connection, its sender known %s,", (_, authorize) => {
  it.each([1, 7, 70_000])("is whole, in chunks of %i bytes", async (step) => {
    const { url } = await open({ authorize });
    const whole = new Uint8Array(150_000).map((_, index) => index % 251);
    let at = whole.length - 20 * step < 0 ? 0 : whole.length - 20 * step;
    const sent = whole.subarray(at);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at >= whole.length) return controller.close();
        controller.enqueue(whole.slice(at, at + step));
        at += step;
      },
    });
    const asked = { method: "POST", headers: AS, body, duplex: "half" } as RequestInit;
    expect(await (await fetch(`${url}/size`, asked)).json()).toEqual({
      ...{ size: sent.length, sum: sent.reduce((sum, byte) => sum + byte, 0) },
    });
  });

  it("is read though it comes after its head, byte by byte", async () => {
    const { port } = await open({ authorize });
    const told = talk(port);
    const body = '{"name":"Zoë"}';
    told.socket.write(
      `${head("/echo", `content-length: ${Buffer.byteLength(body)}`, "connection: close")}\r\n`,
    );
    for (const byte of Buffer.from(body)) {
      await turn();
      told.socket.write(Buffer.of(byte));
    }
    await until(() => told.socket.closed);
    expect(told.text).toContain('{"body":{"name":"Zoë"}}');
  });

  it("of nothing is no JSON, and no failure", async () => {
    const { port, faults } = await open({ authorize });
    const text = await rawRequest(port, posting("/echo", "", "connection: close"));
    expect(statuses(text)).toEqual([400]);
    expect(text).toContain("is not JSON");
    expect(faults).toEqual([]);
  });

  it("is asked for where its sender waits to be", async () => {
    const { port } = await open({ authorize });
    const told = talk(port);
    told.socket.write(
      `${head("/echo", "content-length: 2", "expect: 100-continue", "connection: close")}\r\n`,
    );
    await until(() => told.text.includes("\r\n\r\n"));
    told.socket.write("{}");
    await until(() => told.socket.closed);
    expect(statuses(told.text)).toEqual([100, 200]);
    expect(told.text).toContain('{"body":{}}');
  });

  it("answers requests that come at once in their order, each with its own", async () => {
    const { port } = await open({ authorize });
    const bodies = ["1", '{"a":2}', "[3]"];
    const told = talk(port);
    told.socket.write(
      bodies
        .map((body, index) => posting("/echo", body, ...(index === 2 ? ["connection: close"] : [])))
        .join(""),
    );
    await until(() => told.socket.closed);
    expect(statuses(told.text)).toEqual([200, 200, 200]);
    expect([...told.text.matchAll(/\{"body":(.*)\}/g)].map(([, body]) => body)).toEqual(bodies);
  });

  it.each([
    [
      "that it says to be too large",
      { bodyBytes: 100 },
      (body: string) => [`content-length: ${body.length}`, body],
    ],
    [
      "that turns out to be too large",
      { bodyBytes: 100 },
      (body: string) => ["transfer-encoding: chunked", `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
    ],
  ])("leaves the connection to the next request after one %s", async (_, limits, written) => {
    const { port } = await open({ authorize, limits });
    const [header = "", body = ""] = written(`"${"x".repeat(30_000)}"`);
    const told = talk(port);
    const refused = `${head("/echo", header)}\r\n${body}`;
    told.socket.write(refused.slice(0, 300));
    await until(() => statuses(told.text).length === 1);
    told.socket.write(refused.slice(300));
    told.socket.write(posting("/echo", "7", "connection: close"));
    await until(() => told.socket.closed);
    expect(statuses(told.text)).toEqual([413, 200]);
    expect(told.text).toContain('{"body":7}');
  });

  it("that says nothing of its size is refused where it is too large, though all of it is there", async () => {
    // By the time that this one knows, the whole body is there.
    const late = firstOf(byKey(turn), authorize);
    const { port } = await open({ authorize: late, limits: { bodyBytes: 100 } });
    const body = `"${"x".repeat(200)}"`;
    const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const told = head("/echo", "transfer-encoding: chunked", "connection: close");
    expect(statuses(await rawRequest(port, `${told}\r\n${chunked}`))).toEqual([413]);
  });

  it("that does not come in time is refused", async () => {
    const { port, clock } = await open({ authorize, limits: { bodyMs: 1_000 } });
    const told = talk(port);
    told.socket.write(`${head("/echo", "content-length: 10")}\r\n{`);
    await until(() => clock.pendingTimers > 0);
    clock.advance(1_000);
    await until(() => told.text.includes("}"));
    expect(statuses(told.text)).toEqual([408]);
    await until(() => clock.pendingTimers > 0);
    clock.advance(1_000);
    await until(() => told.socket.closed);
    expect(clock.pendingTimers).toBe(0);
  });

  it("whose sender leaves in the middle is no failure, and holds nothing", async () => {
    const { port, clock, faults, server } = await open({ authorize });
    const told = talk(port);
    told.socket.write(`${head("/echo", "content-length: 10")}\r\n{`);
    await until(() => clock.pendingTimers > 0);
    told.socket.destroy();
    await until(() => clock.pendingTimers === 0);
    await settle();
    expect(faults).toEqual([]);
    expect(server.scope.connections.total).toBe(0);
  });

  it("whose sender left before it was read is not waited for", async () => {
    let admit = (_: unknown) => {};
    const isAdmitted = new Promise((resolve) => {
      admit = resolve;
    });
    let isAsked = false;
    const { port, clock, http, faults } = await open({
      authorize: firstOf(
        byKey(() => {
          isAsked = true;
          return isAdmitted;
        }),
        authorize,
      ),
    });
    const told = talk(port);
    told.socket.write(`${head("/echo", "content-length: 10")}\r\n{`);
    await until(() => isAsked);
    told.socket.destroy();
    const connections = () =>
      new Promise<number>((resolve) => http.getConnections((_, count) => resolve(count)));
    while ((await connections()) > 0) await turn();
    await settle();
    admit(undefined);
    await settle();
    expect(clock.pendingTimers).toBe(0);
    expect(faults).toEqual([]);
  });
});

describe("a handler", () => {
  it("is told once that its time is over, and the connection goes on", async () => {
    const reasons: unknown[] = [];
    const slow = route({
      ...shared,
      ...{ method: "POST", path: "/slow", summary: "Slow", handlerMs: 500 },
      handler: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            reasons.push(signal.reason);
            reject(signal.reason);
          });
        }),
    });
    const { port, clock } = await open({}, [slow, echo]);
    const told = talk(port);
    told.socket.write(posting("/slow", ""));
    await until(() => clock.pendingTimers > 0);
    clock.advance(500);
    await until(() => told.text.includes("}"));
    told.socket.write(posting("/echo", "7", "connection: close"));
    await until(() => told.socket.closed);
    expect(statuses(told.text)).toEqual([504, 200]);
    expect(reasons).toMatchObject([{ code: "call.timed_out" }]);
    expect(clock.pendingTimers).toBe(0);
  });

  it("that has no event to tell yet lets its reader know that it is connected", async () => {
    const quiet = route({
      ...shared,
      ...{ method: "GET", path: "/quiet", summary: "Quiet", handlerMs: "none" },
      handler: async () =>
        new Response(new ReadableStream(), { headers: { "content-type": "text/event-stream" } }),
    });
    const { port } = await open({}, [quiet]);
    const told = talk(port);
    told.socket.write(`GET /quiet HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sak_1\r\n\r\n`);
    await until(() => told.text.endsWith("\r\n\r\n"));
    expect(statuses(told.text)).toEqual([200]);
    expect(told.text).toContain("content-type: text/event-stream");
  });

  it("answers HEAD with the headers of GET, on a connection that goes on", async () => {
    const one = route({
      ...shared,
      ...{ method: "GET", path: "/one", summary: "One" },
      handler: async () => ({ one: 1 }),
    });
    const { port } = await open({ clock: systemClock }, [one, echo]);
    const asked = `HEAD /one HTTP/1.1\r\nhost: x\r\nauthorization: Bearer sak_1\r\n\r\n`;
    const text = await rawRequest(port, asked + posting("/echo", "7", "connection: close"));
    expect(statuses(text)).toEqual([200, 200]);
    expect(text).toContain("content-type: application/json");
    expect(text).not.toContain('"one"');
  });
});
