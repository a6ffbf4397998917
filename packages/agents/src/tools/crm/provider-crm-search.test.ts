import { createCrmDouble } from "@salesagent/conformance";
import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { callTool } from "../../testing/call-tool.js";
import { providerCrmSearch } from "./provider-crm-search.js";
import { searchCrm } from "./search-crm.js";

const ACME = { tenant: "acme" };

async function crmWith(name: string) {
  const { provider, world } = createCrmDouble();
  const contact = {
    firstName: "Ada",
    lastName: "Byron",
    email: "ada@figma.com",
    title: "CTO",
    ownerId: "o1",
  };
  const contactId = await world.create({ kind: "contact", fields: contact });
  const companyId = await world.create({ kind: "company", fields: { name, domain: "figma.com" } });
  return { provider, world, contactId, companyId };
}

describe("providerCrmSearch", () => {
  it("finds a contact by e-mail through the tool, each field with its source", async () => {
    const { provider, contactId } = await crmWith("Figma");
    const outcome = await callTool(searchCrm(providerCrmSearch(provider)), {
      kind: "contact",
      email: "ADA@figma.com",
    });
    expect(outcome.output).toMatchObject({
      matches: [
        {
          kind: "contact",
          id: contactId,
          contact: {
            firstName: "Ada",
            email: "ada@figma.com",
            provenance: { title: { source: provider.provider } },
          },
        },
      ],
    });
    expect(JSON.stringify(outcome.output)).not.toContain("ownerId");
  });

  it("wants all that was asked for to match", async () => {
    const { provider, contactId } = await crmWith("Figma");
    const search = providerCrmSearch(provider);
    const ask = (text: string) =>
      search.search({ kind: "contact", email: "ada@figma.com", text, maxResults: 5 }, ACME);
    expect(await ask("byron")).toMatchObject([{ id: contactId }]);
    expect(await ask("hopper")).toEqual([]);
  });

  it("asks the CRM of the tenant whose run it is", async () => {
    const crms = { acme: await crmWith("Figma"), other: await crmWith("Figma of others") };
    const search = providerCrmSearch((tenant) => (tenant === "acme" ? crms.acme : crms.other).provider);
    const found = await search.search(
      { kind: "company", domain: "figma.com", maxResults: 5 },
      { tenant: "other" },
    );
    expect(found).toMatchObject([{ company: { name: "Figma of others" } }]);
  });

  it("lets no second tenant search what was given as one adapter, unless it is said to be for all", async () => {
    const { provider } = await crmWith("Figma");
    const query = { kind: "company", domain: "figma.com", maxResults: 5 } as const;
    const search = providerCrmSearch(provider);
    expect(await search.search(query, ACME)).toHaveLength(1);
    await expect(search.search(query, { tenant: "other" })).rejects.toMatchObject({
      code: "config.invalid",
      message: expect.not.stringContaining("acme"),
    });
    expect(await search.search(query, ACME)).toHaveLength(1);

    const shared = providerCrmSearch(provider, { shared: true });
    for (const tenant of ["acme", "other"]) expect(await shared.search(query, { tenant })).toHaveLength(1);
  });

  it("tells by what the CRM can look up, when it can't by what was given", async () => {
    const { provider } = await crmWith("Figma");
    const contact = provider.capabilities.kinds.contact;
    if (contact === undefined) throw new TypeError("the double keeps contacts");
    const byMail = contact.lookup.filter(({ by }) => by === "email");
    const narrow = {
      ...provider,
      capabilities: { ...provider.capabilities, kinds: { contact: { ...contact, lookup: byMail } } },
    };
    const asked = providerCrmSearch(narrow).search({ kind: "contact", text: "Ada", maxResults: 5 }, ACME);
    const error: unknown = await asked.catch((failure: unknown) => failure);
    expect(SalesAgentError.is(error, "crm.unsupported") && error.message).toMatch(/It looks up by email\./);
  });

  it("brings no more than asked for, and stops when it is told to", async () => {
    const { provider, world } = await crmWith("Figma");
    await world.create({ kind: "company", fields: { name: "Figma 2", domain: "figma.com" } });
    const query = { kind: "company", domain: "figma.com", maxResults: 1 } as const;
    const search = providerCrmSearch(provider);
    expect(await search.search(query, ACME)).toHaveLength(1);
    const reason = new Error("enough");
    await expect(search.search(query, { ...ACME, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
