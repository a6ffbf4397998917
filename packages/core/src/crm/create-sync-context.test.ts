import { createCrmDouble } from "@salesagent/conformance";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { createSyncContext, type SyncContextOptions } from "./create-sync-context.js";

function open(options: Partial<SyncContextOptions> = {}, kinds = {}) {
  const { provider } = createCrmDouble({ kinds });
  const storage = memoryStorage().tenant("acme");
  return createSyncContext({ connection: "double", provider, storage, ...options });
}

describe("createSyncContext", () => {
  it("takes the kinds of the CRM, companies first, and a rule for each of its fields", () => {
    const { kinds, rules } = open();
    expect(kinds).toEqual(["company", "contact", "deal"]);
    expect(rules.contact).toMatchObject({
      ...{ email: { policy: "review", direction: "both" }, title: { policy: "last-write-wins" } },
      ...{ seniority: { policy: "fill-empty" }, otherEmails: { policy: "union" } },
      "links.company": { policy: "union" },
    });
    expect(rules.deal).not.toHaveProperty("email");
  });

  it("lets no field go where it can't be written", () => {
    const readOnlyFields = ["title"];
    expect(open({}, { contact: { readOnlyFields } }).rules.contact).toMatchObject({
      ...{ title: { direction: "to-app" }, phone: { direction: "both" } },
    });
    const pushed = open({ direction: "to-crm" }, { contact: { readOnlyFields } }).rules.contact;
    expect(pushed).not.toHaveProperty("title");
    expect(pushed).toMatchObject({ phone: { direction: "to-crm" } });
  });

  it("names each path of a mapping that the CRM does not have", () => {
    const fields = {
      contact: { titel: {}, "custom.tier": {}, "links.deal": {}, title: { policy: "newest" as "review" } },
    };
    expect(() => open({ fields })).toThrow(
      expect.objectContaining({
        code: "sync.mapping_invalid",
        facts: {
          connection: "double",
          issues: [
            {
              path: "fields.contact.titel",
              message: expect.stringMatching(/^the CRM has no such field; it has .*\btitle\b/),
            },
            {
              path: "fields.contact.links.deal",
              message: "the CRM has no such link; it has links.company",
            },
            { path: "fields.contact.title.policy", message: "no such policy" },
          ],
        },
      }),
    );
  });

  it("names a field of the host's own that the adapter does not map, and those that it maps", () => {
    const fields = { contact: { "custom.teir": {} }, deal: { "custom.tier": {} } };
    const kinds = { contact: { customFields: ["tier", "score"] }, deal: { customFields: [] } };
    expect(() => open({ fields }, kinds)).toThrow(
      expect.objectContaining({
        facts: {
          connection: "double",
          issues: [
            {
              path: "fields.contact.custom.teir",
              message: "the adapter's mapping has no such field; it has custom.tier, custom.score",
            },
            {
              path: "fields.deal.custom.tier",
              message: "the adapter's mapping has no such field; it has none",
            },
          ],
        },
      }),
    );
    expect(() => open({ fields: { contact: { "custom.tier": {} } } }, kinds)).not.toThrow();
  });

  it("refuses limits that make no sense, and kinds that the CRM does not have", () => {
    expect(() => open({ limits: { batch: 0 } })).toThrow(RangeError);
    expect(() => open({ limits: { removalShare: 2 } })).toThrow("limits.removalShare");
    expect(() => open({ kinds: ["deal"] }, { deal: false })).toThrow(TypeError);
  });
});
