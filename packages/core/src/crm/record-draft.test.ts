import { expect, it } from "vitest";
import { recordDraft } from "./record-draft.js";
import { openApp } from "./sync/testing/open-app.js";

it("is found by a sync: no second record is made of one that the CRM has", async () => {
  const { sync, world, acme } = openApp();
  world.create({ kind: "contact", fields: { email: "ada@x.example" } });
  const draft = recordDraft("contact", { email: "Ada@x.example" }, { custom: { tier: "gold" } });
  await acme.records.writeMany([{ op: "put", kind: "contact", id: "ada", draft }]);
  await sync.run("close").result();
  expect(await acme.records.count("contact")).toBe(1);
  expect(world.standing("contact")).toHaveLength(1);
});

it("keeps what a record had beside its fields, and the host's own keys", async () => {
  const { acme } = openApp();
  const custom = { tier: "gold" };
  const links = { company: ["fjord"] };
  const first = recordDraft("contact", { email: "ada@x.example" }, { custom, links, keys: ["crm:7"] });
  await acme.records.writeMany([{ op: "put", kind: "contact", id: "ada", draft: first }]);
  const ada = await acme.records.get("contact", "ada");
  expect(recordDraft("contact", { email: "countess@x.example" }, ada)).toEqual({
    ...{ fields: { email: "countess@x.example" }, custom, links },
    keys: ["crm:7", "email:countess@x.example"],
  });
  expect(recordDraft("deal", { name: "Engine" })).toEqual({ fields: { name: "Engine" }, keys: [] });
});
