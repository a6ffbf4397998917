import type { IncomingMessage } from "node:http";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { apiKeys, firstOf } from "../access.js";
import type { ServerOptions } from "../server-options.js";
import { echo } from "../testing/echo-route.js";
import { serve } from "../testing/loopback.js";
import { asTold, MEMBER, openTable } from "../testing/open-table.js";
import { MessageRequest } from "./message-request.js";
import { requestListener } from "./request-listener.js";

const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
});

const message = (rawHeaders: readonly string[]) =>
  new MessageRequest(
    { method: "GET", rawHeaders, socket: {} } as unknown as IncomingMessage,
    "http://x/",
    undefined,
  );

describe("headers of a message", () => {
  const name = fc.constantFrom(
    "Accept",
    "accept",
    "COOKIE",
    "Cookie",
    "X-As",
    "x-as",
    "Authorization",
    "Origin",
  );
  const value = fc.constantFrom("", "a", "b, c", "Bearer x", "\u00e9", "a=1; b=2");

  it("are those that a Headers would have, however often they come", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 8 }), (pairs) => {
        const asked = message(pairs.flat());
        const headers = new Headers();
        for (const pair of pairs) headers.append(...pair);
        expect(Object.fromEntries(asked.headers)).toEqual(Object.fromEntries(headers));
        for (const one of ["accept", "Cookie", "X-AS", "authorization", "origin", "missing"]) {
          expect([one, asked.headers.get(one)]).toEqual([one, headers.get(one)]);
          expect([one, asked.headers.has(one)]).toEqual([one, headers.has(one)]);
        }
      }),
    );
  });

  it("are none that HTTP/2 has for itself", () => {
    expect([...message([":path", "/", "accept", "a"]).headers]).toEqual([["accept", "a"]]);
  });
});

describe("the signal of a message", () => {
  it("has aborted where its caller left before anybody asked for it", () => {
    const asked = message([]);
    asked.leave();
    expect(asked.signal.aborted).toBe(true);
    expect(asked.toRequest().signal.aborted).toBe(true);
  });

  it("aborts in the request that a host made of it, too", () => {
    const asked = message([]);
    const wrapped = new Request(asked.toRequest(), { headers: { "x-own": "1" } });
    asked.leave();
    expect(wrapped.signal.aborted).toBe(true);
  });
});

describe("what a host's own function is given", () => {
  async function open(authorize: ServerOptions["authorize"]) {
    const { server, faults } = openTable([echo], { authorize });
    const loopback = await serve(requestListener(server));
    opened.push(loopback);
    const post = async (body: string) => {
      const headers = { "x-as": MEMBER, "content-type": "application/json" };
      const response = await fetch(`${loopback.url}/echo`, { method: "POST", headers, body });
      return { status: response.status, told: await response.json() };
    };
    return { post, faults, url: loopback.url, server };
  }

  it("is a whole request: it can be wrapped, and read by a copy, and the route has its body all the same", async () => {
    const seen: unknown[] = [];
    const { post, url } = await open(async (request) => {
      const wrapped = new Request(request.clone(), { headers: request.headers });
      seen.push(request instanceof Request, request.url, request.signal.aborted, await wrapped.text());
      return asTold(wrapped);
    });
    expect(await post('{"n":1}')).toEqual({ status: 200, told: { body: { n: 1 } } });
    expect(seen).toEqual([true, `${url}/echo`, false, '{"n":1}']);
  });

  it("may be read to its end: then the route has none, as of any request", async () => {
    const { post, faults } = await open(async (request) => {
      await request.text();
      return asTold(request);
    });
    expect((await post('{"n":1}')).status).toBe(500);
    expect(faults).toHaveLength(1);
  });

  it("is the same request for each of several, and is not made for ours", async () => {
    const seen: Request[] = [];
    const keys = apiKeys({ apiKeys: { verify: async () => undefined } } as never);
    const note = (request: Request) => {
      seen.push(request);
      return seen.length === 2 ? asTold(request) : undefined;
    };
    const { post } = await open(firstOf(keys, note, note));
    expect((await post("1")).status).toBe(200);
    expect(seen[0]).toBeInstanceOf(Request);
    expect(seen[1]).toBe(seen[0]);
  });

  it("goes through a fetch that the host put around the server's", async () => {
    const { server } = await open(asTold);
    const paths: string[] = [];
    const own = {
      ...server,
      async fetch(request: Request) {
        paths.push(new URL(request.url).pathname);
        const response = await server.fetch(new Request(request, { headers: { "x-as": MEMBER } }));
        return new Response(response.body, { status: response.status, headers: { "x-own": "1" } });
      },
    };
    const loopback = await serve(requestListener(own));
    opened.push(loopback);
    const response = await fetch(`${loopback.url}/nowhere`);
    expect([response.status, response.headers.get("x-own"), paths]).toEqual([404, "1", ["/nowhere"]]);
  });
});
