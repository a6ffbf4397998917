import { describe, expect, it } from "vitest";
import { createCrmEndpoint } from "./crm-endpoint.js";
import type { CrmFaultPlan } from "./crm-fault.js";
import { jsonAnswer } from "./json-answer.js";
import { createManualClock } from "./manual-clock.js";

const clock = createManualClock();

/** A CRM that counts what was done and tells it back. */
function counting(...faults: CrmFaultPlan[]) {
  let done = 0;
  const endpoint = createCrmEndpoint({
    clock,
    faults,
    handler: async (request) => {
      done += 1;
      return jsonAnswer({ method: request.method, body: await request.text(), done });
    },
  });
  return { endpoint, done: () => done };
}

/** The same CRM by its `fetch` and behind a socket. */
const WAYS = [
  {
    way: "a fetch",
    async open(crm: ReturnType<typeof counting>) {
      return { fetch: crm.endpoint.fetch, url: "http://crm.test", close: async () => {} };
    },
  },
  {
    way: "a socket",
    async open(crm: ReturnType<typeof counting>) {
      const { url, close } = await crm.endpoint.listen();
      return { fetch: globalThis.fetch, url, close };
    },
  },
];

describe.each(WAYS)("a CRM behind $way", ({ open }) => {
  const use = async (
    crm: ReturnType<typeof counting>,
    work: (ask: (init?: RequestInit) => Promise<Response>) => Promise<void>,
  ) => {
    const { fetch, url, close } = await open(crm);
    await work((init) => fetch(`${url}/things/?_limit=2`, init)).finally(close);
  };

  it("answers what the handler answers, and lists the call", async () => {
    const crm = counting();

    await use(crm, async (ask) => {
      const response = await ask({ method: "POST", body: "{}" });

      expect(response.headers.get("content-type")).toBe("application/json");
      expect(await response.json()).toEqual({ method: "POST", body: "{}", done: 1 });
    });
    expect(crm.endpoint.calls).toEqual([
      { method: "POST", path: "/things/", query: "?_limit=2", bodyText: "{}", status: 200 },
    ]);
  });

  it.each([
    ["before", 0],
    ["after", 1],
  ] as const)("loses the connection %s the work", async (when, done) => {
    const crm = counting({ fault: { type: "lost", when } });

    await use(crm, async (ask) => {
      await expect(ask({ method: "POST", body: "{}" })).rejects.toThrow("fetch failed");
      expect(crm.done()).toBe(done);
      expect((await ask()).status).toBe(200);
    });
    expect(crm.endpoint.calls[0]).not.toHaveProperty("status");
  });

  it("breaks off inside a body", async () => {
    const crm = counting({ fault: { type: "cut-body", afterBytes: 5 } });

    await use(crm, async (ask) => {
      const response = await ask();
      await expect(response.text()).rejects.toThrow();
      expect(crm.done()).toBe(1);
    });
  });

  it("ends a body too early, and cleanly", async () => {
    const crm = counting({ fault: { type: "cut-body", afterBytes: 5, clean: true } });

    await use(crm, async (ask) => {
      expect(await (await ask()).text()).toBe('{"met');
    });
  });

  it("lets some requests pass, befalls those it picks, and ends", async () => {
    const crm = counting({
      on: ({ method }) => method === "GET",
      after: 1,
      times: 2,
      fault: { type: "status", status: 503, body: { error: "busy" } },
    });

    await use(crm, async (ask) => {
      const seen: number[] = [];
      for (const method of ["GET", "POST", "GET", "GET", "GET"]) seen.push((await ask({ method })).status);
      expect(seen).toEqual([200, 200, 503, 503, 200]);
      expect(crm.done()).toBe(3);
    });
  });

  it("limits the rate with and without a wait, and shows a network's page", async () => {
    const crm = counting(
      { fault: { type: "rate-limited", retryAfterSeconds: 1.2 } },
      { fault: { type: "rate-limited" } },
      { fault: { type: "html" } },
    );

    await use(crm, async (ask) => {
      const answers = [await ask(), await ask(), await ask()];
      expect(answers.map(({ status }) => status)).toEqual([429, 429, 403]);
      expect(answers.map(({ headers }) => headers.get("retry-after"))).toEqual(["2", null, null]);
      expect(await answers[2]?.text()).toContain("<html>");
      await Promise.all(answers.slice(0, 2).map((answer) => answer.text()));
    });
  });

  it("stays silent until the caller gives up", async () => {
    const crm = counting({ fault: { type: "silence", when: "after" } });
    const caller = new AbortController();

    await use(crm, async (ask) => {
      const pending = ask({ signal: caller.signal });
      queueMicrotask(() => caller.abort(new Error("enough")));
      await expect(pending).rejects.toThrow("enough");
    });
  });
});

describe("a slow answer", () => {
  it("comes when the clock says so", async () => {
    const crm = counting({ fault: { type: "slow", when: "before", delayMs: 5_000 } });
    const pending = crm.endpoint.fetch("http://crm.test/");
    while (clock.pending === 0) await Promise.resolve();

    expect(crm.done()).toBe(0);
    clock.advance(5_000);

    expect((await pending).status).toBe(200);
  });
});

it("refuses a plan that can't be kept", () => {
  const { endpoint } = counting();

  expect(() => endpoint.fail({ times: 0.5, fault: { type: "html" } })).toThrow(/faults\.times.*got 0\.5/);
  expect(() => endpoint.fail({ after: -1, fault: { type: "html" } })).toThrow(/faults\.after.*got -1/);
});
