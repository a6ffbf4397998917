import { describe, expect, it } from "vitest";
import { route } from "./route.js";
import { openTable } from "./testing/open-table.js";

const write = route({
  ...{ method: "POST", path: "/write", tag: "test", summary: "Writes", permission: "leads:write" },
  answer: { description: "Done." },
  handler: async () => ({ done: true }),
});
const read = route({
  ...{ method: "GET", path: "/read", tag: "test", summary: "Reads", permission: "leads:read" },
  answer: { description: "Done." },
  handler: async () => ({ done: true }),
});
const FRIEND = "https://friend.example.org";
const OWN = "https://app.example.com";

describe("an unsafe request", () => {
  it.each<[Record<string, string>, number]>([
    [{}, 200],
    [{ origin: OWN }, 200],
    [{ origin: OWN, "sec-fetch-site": "same-origin" }, 200],
    [{ "sec-fetch-site": "none" }, 200],
    [{ origin: "https://evil.example" }, 403],
    [{ origin: "http://app.example.com:8080" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: OWN, "sec-fetch-site": "cross-site" }, 403],
    [{ origin: "https://other.example.com", "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ origin: "https://evil.example", "sec-fetch-site": "cross-site", authorization: "Bearer x" }, 200],
    [
      { origin: "https://evil.example", "sec-fetch-site": "cross-site", authorization: "Basic YWRhOng=" },
      403,
    ],
    [{ origin: "https://evil.example", authorization: "negotiate YII" }, 403],
    [{ origin: OWN, "sec-fetch-site": "same-origin", authorization: "Basic YWRhOng=" }, 200],
    [{ authorization: "Basic YWRhOng=" }, 200],
    [{ origin: FRIEND, "sec-fetch-site": "cross-site" }, 403],
  ])("with %j is answered %i", async (headers, status) => {
    expect((await openTable([write]).ask("/write", { method: "POST", headers })).status).toBe(status);
  });

  it("of another site is on record", async () => {
    const { ask, audit } = openTable([write]);
    await ask("/write", { method: "POST", headers: { origin: "https://evil.example" } });
    expect((await audit("acme"))[0]).toMatchObject({ facts: { code: "access.cross_site" } });
  });

  it("of an allowed origin may be made", async () => {
    const { ask } = openTable([write], { cors: { origins: [FRIEND] } });
    const headers = { origin: FRIEND, "sec-fetch-site": "cross-site" };
    expect((await ask("/write", { method: "POST", headers })).status).toBe(200);
  });
});

describe("CORS", () => {
  const asking = { origin: FRIEND, "access-control-request-method": "POST" };

  it("is off unless it is asked for", async () => {
    const { ask } = openTable([write, read]);
    const answers = [
      await ask("/read", { headers: { origin: FRIEND } }),
      await ask("/write", { method: "OPTIONS", headers: asking }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 405]);
    for (const { headers } of answers) expect([...headers.keys()].join()).not.toContain("access-control");
  });

  it("lets the origins that are named ask and read, and no others", async () => {
    const { ask } = openTable([write, read], { cors: { origins: [FRIEND], credentials: true } });
    const asked = await ask("/write", { method: "OPTIONS", headers: asking });
    expect([asked.status, asked.headers.get("access-control-allow-methods")]).toEqual([204, "POST"]);
    const answer = await ask("/read", { headers: { origin: FRIEND } });
    expect(answer.headers.get("access-control-allow-origin")).toBe(FRIEND);
    expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
    expect(answer.headers.get("vary")).toBe("origin");
    const other = await ask("/read", { headers: { origin: "https://evil.example" } });
    expect(other.headers.has("access-control-allow-origin")).toBe(false);
    const otherAsked = await ask("/write", {
      method: "OPTIONS",
      headers: { ...asking, origin: "https://evil.example" },
    });
    expect(otherAsked.headers.has("access-control-allow-methods")).toBe(false);
  });

  it("lets a page read why it was refused", async () => {
    const { ask } = openTable([write], { cors: { origins: [FRIEND] } });
    const refused = await ask("/write", { method: "POST", as: "", headers: { origin: FRIEND } });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([401, FRIEND]);
  });
});
