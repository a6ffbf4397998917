import { systemClock } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { bytesBody } from "./body.js";
import { requestListener } from "./node/request-listener.js";
import { invalidRequest } from "./request-errors.js";
import { publicRoute } from "./route.js";
import type { ServerOptions } from "./server-options.js";
import { attachSockets } from "./socket/attach-sockets.js";
import { lead } from "./testing/lead-routes.js";
import { rawRequest, serve } from "./testing/loopback.js";
import { asTold, MEMBER, openTable } from "./testing/open-table.js";

const from = (address: string) => ({ headers: { "x-forwarded-for": address } });
const nobody = (address: string) => ({ as: "", ...from(address) });

/** Takes in what a CRM tells, of whom nothing is known before its signature is checked. */
const webhook = publicRoute({
  ...{ method: "POST", path: "/webhook", tag: "test", summary: "A webhook" },
  body: bytesBody([], { limitBytes: 100 }),
  answer: { description: "Done." },
  handler: async ({ request }) => {
    if (!request.headers.has("signature"))
      throw invalidRequest([{ path: "headers.signature", message: "?" }]);
    return { taken: true };
  },
});

/** A host that notes how often it was asked who asks. */
function setUp(options: Partial<ServerOptions> = {}) {
  let authorized = 0;
  const table = openTable([lead, webhook], {
    limits: { refusalsPerMinute: 3 },
    trustedProxies: 1,
    authorize: (request) => {
      authorized += 1;
      return asTold(request);
    },
    ...options,
  });
  const statuses = async (path: string, times: number, init: Parameters<typeof table.ask>[1] = {}) => {
    const all: number[] = [];
    for (let time = 0; time < times; time += 1) all.push((await table.ask(path, init)).status);
    return all;
  };
  return { ...table, statuses, asked: () => authorized };
}

describe("refused requests of nobody", () => {
  it("are counted by address, and too many no longer reach the host", async () => {
    const { ask, statuses, asked } = setUp();
    expect(await statuses("/leads/1", 5, nobody("1.1.1.1"))).toEqual([401, 401, 401, 429, 429]);
    expect(asked()).toBe(3);
    const refused = await ask("/leads/1", nobody("1.1.1.1"));
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(refused.headers.get("content-type")).toBe("application/problem+json");
    expect(await refused.json()).toMatchObject({
      status: 429,
      code: "access.limited",
      facts: { retryAfterMs: 60_000 },
    });
    expect(await statuses("/leads/1", 1, nobody("1.1.1.2"))).toEqual([401]);
  });

  it("count anew after a minute", async () => {
    const { statuses, clock } = setUp();
    await statuses("/leads/1", 4, nobody("1.1.1.1"));
    clock.advance(60_000);
    expect(await statuses("/leads/1", 1, nobody("1.1.1.1"))).toEqual([401]);
  });

  it("are those of wrong keys, wrong signatures and unknown routes alike", async () => {
    const { statuses } = setUp();
    const address = nobody("1.1.1.1");
    expect(await statuses("/leads/1", 1, address)).toEqual([401]);
    expect(await statuses("/webhook", 1, { ...address, method: "POST", body: "{}" })).toEqual([400]);
    expect(await statuses("/wp-login.php", 2, address)).toEqual([404, 429]);
    expect(await statuses("/webhook", 1, { ...address, method: "POST", body: "{}" })).toEqual([429]);
    expect(await statuses("/leads/1", 1, address)).toEqual([429]);
  });

  it("are counted together for a network of 64 bits", async () => {
    const { ask } = setUp();
    const statuses = [];
    for (const host of ["1", "2", "3", "4"]) {
      statuses.push((await ask("/leads/1", nobody(`2a01:4f8:1:2::${host}`))).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429]);
    expect((await ask("/leads/1", nobody("2a01:4f8:1:3::1"))).status).toBe(401);
  });

  it("are not those of somebody who is known, nor what failed here", async () => {
    const { statuses } = setUp({
      authorize: (request) => {
        if (request.headers.has("x-fails")) throw new Error("The session store is away.");
        return asTold(request);
      },
    });
    const known = from("1.1.1.1");
    expect(await statuses("/leads/1?limit=x", 5, known)).toEqual([400, 400, 400, 400, 400]);
    const failing = { headers: { ...known.headers, "x-fails": "1" } };
    expect(await statuses("/leads/1", 5, failing)).toEqual([500, 500, 500, 500, 500]);
    expect(await statuses("/leads/1", 1, nobody("1.1.1.1"))).toEqual([401]);
  });

  it("are not counted where the address is not known, or the host fails to tell it", async () => {
    const unknown = setUp({ trustedProxies: undefined });
    expect(await unknown.statuses("/leads/1", 9, nobody("1.1.1.1"))).toEqual(new Array(9).fill(401));
    const failing = setUp({
      clientAddress: () => {
        throw new Error("no address");
      },
    });
    expect(await failing.statuses("/leads/1", 5, nobody("1.1.1.1"))).toEqual(new Array(5).fill(401));
    expect(failing.faults[0]).toMatchObject({ message: "no address" });
  });

  it("leave what others store alone: no tenant's audit trail tells of them", async () => {
    const { statuses, audit } = setUp();
    await statuses("/leads/1", 9, nobody("1.1.1.1"));
    expect(await audit("acme")).toEqual([]);
  });
});

describe("over Node", () => {
  it("the address is the connection's, whatever a request says of itself", async () => {
    const { server } = openTable([lead], {
      ...{ clock: systemClock, trustedProxies: 0, limits: { refusalsPerMinute: 2 } },
    });
    await using loopback = await serve(requestListener(server));
    const statuses = [];
    for (const address of ["1.1.1.1", "2.2.2.2", "3.3.3.3"]) {
      statuses.push((await fetch(`${loopback.url}/leads/1`, from(address))).status);
    }
    expect(statuses).toEqual([401, 401, 429]);
    expect((await fetch(`${loopback.url}/leads/1`, { method: "HEAD" })).status).toBe(429);
    const known = { headers: { "x-as": MEMBER } };
    expect((await fetch(`${loopback.url}/leads/1`, known)).status).toBe(429);
  });

  it("WebSockets are counted, too, also those of unknown paths", async () => {
    const { server } = openTable([], { trustedProxies: 1, limits: { refusalsPerMinute: 2 } });
    await using loopback = await serve(requestListener(server));
    using _attached = attachSockets(loopback.http, server);
    const upgrade = async (path: string) => {
      const headers = ["host: x", "connection: upgrade", "upgrade: websocket", "x-forwarded-for: 1.1.1.1"];
      const answer = await rawRequest(
        loopback.port,
        `GET ${path} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`,
      );
      return answer.slice(9, 12);
    };
    const statuses = [await upgrade("/streams/s1/socket"), await upgrade("/other")];
    expect(statuses).toEqual(["401", "404"]);
    expect([await upgrade("/streams/s1/socket"), await upgrade("/other")]).toEqual(["429", "429"]);
  });
});
