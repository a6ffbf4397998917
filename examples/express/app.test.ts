import { ClientError, createClient, type SalesClient } from "@salesagent/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addContact } from "./close-crm.mjs";
import { openExample } from "./open-example.mjs";

type Example = Awaited<ReturnType<typeof openExample>>;
let example: Example;

beforeAll(async () => {
  example = await openExample({ clientFolder: "." });
});
afterAll(() => example.end());

/** A client with the session of somebody who signed in. */
async function signIn(user: string): Promise<SalesClient> {
  const body = new URLSearchParams({ user });
  const response = await fetch(`${example.url}/sign-in`, { method: "POST", body, redirect: "manual" });
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  return createClient({ url: `${example.url}/sales`, headers: { cookie } });
}

async function firstLead(client: SalesClient) {
  const { value } = await client.leads.list({ limit: 1 }).next();
  const [lead] = value?.items ?? [];
  if (!lead) throw new Error("there is no lead");
  return lead;
}

describe("the Express example", () => {
  it("qualifies a lead while it is watched", async () => {
    const client = await signIn("ada");
    const lead = await firstLead(client);
    const types: string[] = [];
    for await (const { type } of client.agents.stream("qualification", { leadId: lead.id })) types.push(type);
    expect(types).toContain("criterion");
    expect(types.slice(-2)).toEqual(["run-completed", "end"]);
    const { results } = await client.leads.get(lead.id);
    expect(results).toMatchObject([{ kind: "qualification", data: { engine: "rules" } }]);
  });

  it("refuses what a role may not do, and what is another tenant's", async () => {
    const ada = await signIn("ada");
    const lead = await firstLead(ada);
    const viewer = await signIn("vic");
    await expect(viewer.streams.start({ agent: "writer", leadId: lead.id })).rejects.toMatchObject({
      code: "access.denied",
      status: 403,
    });
    const outsider = await signIn("eve");
    await expect(outsider.leads.get(lead.id)).rejects.toMatchObject({ status: 404 });
    await expect((await signIn("nobody")).leads.get(lead.id)).rejects.toMatchObject({ status: 401 });
  });

  it("takes a change in the CRM in by a webhook", async () => {
    const contacts = example.sales.storage.tenant("acme").records;
    const before = await contacts.count("contact");
    const deliveries = await addContact(example.crm, "Bo");
    expect(deliveries.map(({ status }) => status)).toEqual(deliveries.map(() => 204));
    await expect.poll(() => contacts.count("contact")).toBe(before + 1);
    const address = `${example.url}/sales/webhooks/acme/close`;
    const forged = await fetch(address, { method: "POST", body: "{}" });
    expect(forged.status).toBe(401);
  });

  it("gives the CRM of a tenant to no other", async () => {
    await addContact(example.crm, "Cy");
    const outsider = await signIn("eve");
    await expect(outsider.sync.plan("close")).rejects.toMatchObject({ code: "credential.not_found" });
    const run = await example.sales.sync
      ?.tenant("umbrella")
      .run("close")
      .result()
      .catch(() => undefined);
    expect(run?.status).not.toBe("completed");
    expect(await example.sales.storage.tenant("umbrella").records.count("contact")).toBe(0);
  });

  it("lets programs in by a key", async () => {
    const { key } = await example.sales.apiKeys.issue("acme", {
      name: "report",
      role: "viewer",
      by: "user:ada",
    });
    const client = createClient({
      url: `${example.url}/sales`,
      headers: { authorization: `Bearer ${key}` },
    });
    expect(await firstLead(client)).toBeDefined();
    const failure = await client.streams
      .start({ agent: "writer", input: "x" })
      .catch((error: unknown) => error);
    expect(ClientError.is(failure, "access.denied")).toBe(true);
  });
});
