import { exampleProfile, QualificationAgent } from "@salesagent/agents";
import { defineAgent } from "@salesagent/core";
import { scriptedModel } from "@salesagent/core/scripted-model";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allRoutes } from "./routes/index.js";
import { openSales } from "./testing/open-sales.js";

const SECRET = "sk-canary-0123456789";
const routes = allRoutes();

function setUp() {
  const model = scriptedModel(Array.from({ length: 2_000 }, () => ({ text: "Hi." })));
  const leaking = {
    name: "leaking",
    run: () => {
      throw new TypeError(`no access with ${SECRET}`);
    },
  };
  const writer = defineAgent({ name: "writer", instructions: "Write.", model });
  return openSales({
    app: { agents: [writer, new QualificationAgent({ profile: exampleProfile }), leaking] },
    limits: { requestsPerMinute: 1_000_000, streamsPerPrincipal: 1_000_000 },
  });
}

const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "..",
    ".",
    "%00",
    "\u0000",
    "\ud800",
    "__proto__",
    "constructor",
    "a/b",
    "%",
    "%zz",
    "' OR 1=1",
    "x".repeat(5_000),
    "writer",
    "leaking",
    "close",
    "1",
  ),
);

/** A text as a part of a URL: right, or as somebody would send it to break something. */
const segment = nasty.map((text) => {
  try {
    return encodeURIComponent(text);
  } catch {
    return "%ED%A0%80";
  }
});

const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        "after",
        "limit",
        "status",
        "stage",
        "source",
        "from",
        "until",
        "agent",
        "threadId",
        "format",
        "x",
        "name",
        "mapping",
      ),
      segment,
    ),
    { maxLength: 3 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join("&"));

const headers = fc.dictionary(
  fc.constantFrom(
    "last-event-id",
    "x-request-id",
    "content-type",
    "origin",
    "sec-fetch-site",
    "accept",
    "content-length",
    "authorization",
    "cookie",
    "range",
    "if-none-match",
    "upgrade",
    "connection",
  ),
  fc.oneof(
    fc.constantFrom(
      "application/json",
      "text/csv",
      "text/event-stream",
      "null",
      "-1",
      "1e9",
      "99999999999999999999",
      "Bearer sak_a.b.c",
      "websocket",
      "https://evil.example",
      "*/*",
    ),
    fc.string({ unit: "grapheme-ascii", maxLength: 30 }),
  ),
  { maxKeys: 4 },
);

const known = fc.constantFrom(
  "agent",
  "input",
  "leads",
  "leadId",
  "company",
  "domain",
  "employees",
  "contact",
  "messages",
  "parts",
  "id",
  "decision",
  "reason",
  "name",
  "role",
  "scopes",
  "definition",
  "threadId",
  "waitMs",
  "answer",
  "kind",
  "__proto__",
  "constructor",
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.jsonValue({ maxDepth: 1 }),
    nasty,
    fc.dictionary(known, tie("value"), { maxKeys: 5 }),
    fc.array(tie("value"), { maxLength: 3 }),
  ),
})).value;

const body = fc.oneof(
  json.map((value) => JSON.stringify(value) ?? ""),
  fc.uint8Array({ maxLength: 200 }),
  fc.constantFrom(
    "",
    "{",
    "null",
    "[".repeat(100_000),
    `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
    '{"__proto__":{"admin":true}}',
    "\ufeff{}",
  ),
);

const caller = fc.constantFrom(
  "acme/user:1/owner",
  "acme/user:3/owner",
  "acme/user:4/owner",
  "acme/user:5/owner",
  "acme/user:2/member",
  "globex/user:1/owner",
  "",
  "acme/user:1/root",
  "/",
  "acme/u/owner/leads:read",
);

describe("hostile requests", () => {
  it("never fail the server, and never learn a secret", async () => {
    const app = setUp();
    const faults: unknown[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        fc.array(segment, { minLength: 3, maxLength: 3 }),
        fc.record({ query, headers, body, as: caller }),
        async (route, segments, sent) => {
          let index = 0;
          const path = route.path.replaceAll(/\{\w+\}/g, () => segments[index++] ?? "x");
          const init = {
            method: route.method,
            as: sent.as,
            ...(route.method !== "GET" && { body: sent.body }),
          };
          const type =
            route.method === "GET" || sent.headers["content-type"]
              ? {}
              : { "content-type": "application/json" };
          let response: Response;
          try {
            response = await app.soon(
              app.ask(`${path}?${sent.query}`, { ...init, headers: { ...type, ...sent.headers } }),
            );
          } catch (error) {
            // Not a request that the platform can make, so none that comes.
            if (error instanceof TypeError && /header|Header|URL|ByteString/.test(error.message)) return;
            throw error;
          }
          const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
          const text = isStream ? "" : await app.soon(response.text());
          if (isStream) await response.body?.cancel();
          const hostsSlip = sent.as.endsWith("/root");
          if (response.status >= 500 && !hostsSlip && !text.includes('"code":"internal"'))
            faults.push([route.path, text]);
          expect(text).not.toContain(SECRET);
          for (const [, value] of response.headers) expect(value).not.toContain(SECRET);
        },
      ),
      { numRuns: 1_500 },
    );
    const unexpected = app.faults.filter((fault) => !/leaking|no access with|authorize:/.test(String(fault)));
    expect(unexpected).toEqual([]);
    expect(faults).toEqual([]);
  });
});
