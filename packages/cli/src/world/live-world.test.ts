import { apolloSandbox, closeSandbox } from "@salesagent/sandbox/crm";
import { describe, expect, it } from "vitest";
import { readModelsChoice } from "../choice/model-options.js";
import { openLiveWorld } from "./live-world.js";

const NAMED = { models: readModelsChoice({ model: ["openai/gpt-5.4-mini"] }), byKeys: false };
const ADA = { name: "Ada Byron", title: "CTO", emails: [{ email: "ada@works.example", type: "office" }] };
const ACME = { tenant: "acme" };

function worldWith(env: Readonly<Record<string, string>>, fetch: typeof globalThis.fetch) {
  const write = () => true;
  const { signal } = new AbortController();
  const io = { stdout: { write }, stderr: { write }, env: { OPENAI_API_KEY: "any", ...env }, signal, fetch };
  return openLiveWorld(NAMED, io);
}

describe("a live world", () => {
  it("asks Apollo where its key is set, and says that this costs credits", async () => {
    const sandbox = apolloSandbox();
    sandbox.world.database.addPerson({
      first_name: "Ada",
      last_name: "Byron",
      title: "CTO",
      email: "ada@figma.com",
    });
    await using world = await worldWith({ APOLLO_API_KEY: "any" }, sandbox.fetch);
    const { found } = (await world.enricher?.person({ email: "ada@figma.com" }, ACME)) ?? {};
    expect(found).toMatchObject({ title: "CTO" });
    expect(world.notes).toContainEqual(expect.stringContaining("costs credits"));
  });

  it("searches the CRM whose credential is set", async () => {
    const sandbox = closeSandbox({ indexLagMs: 0 });
    await sandbox.act("POST", "/lead/", { name: "Works", contacts: [ADA] });
    await using world = await worldWith({ CLOSE_API_KEY: "api_sandbox" }, sandbox.fetch);
    const found = await world.crm?.search(
      { kind: "contact", email: "ada@works.example", maxResults: 5 },
      ACME,
    );
    expect(found).toMatchObject([{ kind: "contact", contact: { fullName: "Ada Byron", title: "CTO" } }]);
  });

  it("has neither without a key", async () => {
    await using world = await worldWith({}, async () => new Response("{}"));
    expect([world.enricher, world.crm]).toEqual([undefined, undefined]);
  });
});
