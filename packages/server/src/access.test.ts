import { manualClock } from "@salesagent/conformance";
import { createApiKeys } from "@salesagent/core/access";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { apiKeys, firstOf } from "./access.js";
import { route } from "./route.js";
import { asTold, openTable } from "./testing/open-table.js";

const whoAmI = route({
  ...{ method: "GET", path: "/me", tag: "test", summary: "Who", permission: "leads:read" },
  answer: { description: "Who." },
  handler: async ({ principal }) => principal,
});

async function setUp() {
  const clock = manualClock();
  const keys = createApiKeys({ storage: memoryStorage({ clock }), clock });
  const { key, record } = await keys.issue("globex", { name: "Sync", role: "viewer", by: "user:1" });
  const authorize = apiKeys({ apiKeys: keys });
  const bearer = (text: string) => ({ as: "", headers: { authorization: `Bearer ${text}` } });
  return { ...openTable([whoAmI], { authorize: firstOf(asTold, authorize) }), keys, key, record, bearer };
}

describe("an API key", () => {
  it("says who asks", async () => {
    const { ask, bearer, key, record } = await setUp();
    expect(await (await ask("/me", bearer(key))).json()).toMatchObject({
      tenant: "globex",
      id: `key:${record.id}`,
      role: "viewer",
    });
  });

  it("that is no good is refused with a challenge, and says why only to who has it", async () => {
    const { ask, bearer, key, keys, record } = await setUp();
    const wrong = await ask("/me", bearer(`${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`));
    expect([wrong.status, wrong.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(await wrong.json()).toMatchObject({ facts: { problem: "unknown" } });
    await keys.revoke("globex", record.id, { by: "user:1" });
    expect(await (await ask("/me", bearer(key))).json()).toMatchObject({ facts: { problem: "revoked" } });
  });

  it("leaves tokens of the host's own to the host", async () => {
    const { ask, bearer } = await setUp();
    expect(await (await ask("/me", bearer("eyJhbGciOi"))).json()).toMatchObject({
      facts: { problem: "missing" },
    });
  });
});

it("asks the next only where the one before knows nobody", async () => {
  const { ask, bearer, key } = await setUp();
  const both = await ask("/me", { ...bearer(key), as: "acme/user:7/member" });
  expect(await both.json()).toMatchObject({ tenant: "acme", id: "user:7" });
});
