import { describe, expect, it } from "vitest";
import { publicRoute } from "./route.js";
import { create, json, lead } from "./testing/lead-routes.js";
import { MEMBER, openTable } from "./testing/open-table.js";

describe("access", () => {
  it("is refused where nobody is known, to the role and to the scope that lack it", async () => {
    const { ask } = openTable([create, lead]);
    const body = json({ company: "Figma" });
    const statuses = [];
    for (const as of ["", "acme/user:2/viewer", "acme/key:1/owner/leads:read", MEMBER]) {
      statuses.push((await ask("/leads", { ...body, as })).status);
    }
    expect(statuses).toEqual([401, 403, 403, 201]);
  });

  it("is refused before anything is told of what is wrong with the request", async () => {
    const response = await openTable([create]).ask("/leads", { ...json("{"), as: "acme/user:2/viewer" });
    expect(await response.json()).toMatchObject({
      code: "access.denied",
      facts: { permission: "leads:write" },
    });
  });

  it("that is refused is on record, by route and not by what was filled in", async () => {
    const { ask, audit } = openTable([lead, create]);
    const denied = {
      as: "acme/user:2/viewer",
      headers: { "x-request-id": "r1", "content-type": "application/json" },
    };
    await ask("/leads", { ...denied, method: "POST", body: "{}" });
    await ask("/leads", { method: "POST", as: "globex/user:9/viewer" });
    const [record, ...others] = await audit("acme");
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      actor: "user:2",
      action: "request-refused",
      subject: "route:POST /leads",
      facts: { code: "access.denied", permission: "leads:write", requestId: "r1" },
    });
  });

  it("of a host that fails is a failure, told to the host alone", async () => {
    const { ask, faults } = openTable([lead], {
      authorize: () => {
        throw new Error("password hunter2 of the session store");
      },
    });
    const response = await ask("/leads/1");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("hunter2");
    expect(faults).toMatchObject([{ message: expect.stringContaining("hunter2") }]);
  });

  it.each(["acme/user:1/root", `${"x".repeat(201)}/user:1/owner`, "acme/user:1/owner/leads:all"])(
    "is never given to a principal that can't be one: %s",
    async (as) => {
      const { ask, faults } = openTable([lead]);
      expect((await ask("/leads/1", { as })).status).toBe(500);
      expect(faults).toMatchObject([{ message: expect.stringContaining("authorize") }]);
    },
  );

  it("is not asked of public routes", async () => {
    const open = publicRoute({
      ...{ method: "GET", path: "/open", tag: "test", summary: "Open" },
      answer: { description: "x" },
      handler: async () => ({ open: true }),
    });
    expect((await openTable([open]).ask("/open", { as: "" })).status).toBe(200);
  });
});

describe("a rate", () => {
  it("holds for each principal by itself and is new after a minute", async () => {
    const { ask, clock, audit } = openTable([lead], { limits: { requestsPerMinute: 2 } });
    const statuses = async (as: string) => [
      (await ask("/leads/1", { as })).status,
      (await ask("/leads/1", { as })).status,
    ];
    expect(await statuses("acme/user:1/member")).toEqual([200, 200]);
    clock.advance(15_000);
    const refused = await ask("/leads/1");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "45"]);
    await ask("/leads/1");
    expect(await statuses("acme/user:2/member")).toEqual([200, 200]);
    expect(await statuses("globex/user:1/member")).toEqual([200, 200]);
    clock.advance(45_000);
    expect(await statuses("acme/user:1/member")).toEqual([200, 200]);
    expect((await audit("acme")).map(({ facts }) => facts["code"])).toEqual(["access.limited"]);
  });
});
