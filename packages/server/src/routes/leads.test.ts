import { exampleProfile, QualificationAgent } from "@salesagent/agents";
import type { LiveAgent } from "@salesagent/core/live";
import { type ScriptedReply, scriptedModel } from "@salesagent/core/scripted-model";
import type { FoundLead } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openApp } from "../testing/open-app.js";
import {
  foundLeadSchema,
  leadWithResultsSchema,
  qualifiedManySchema,
  qualifiedSchema,
} from "./lead-schemas.js";
import { leadRoutes } from "./leads.js";
import { pageSchema } from "./shared-schemas.js";

const figma = {
  company: "Figma",
  domain: "https://www.figma.com/about",
  country: "United States",
  employees: { min: 1001, max: 5000 },
  contact: { fullName: "Ada Lovelace", email: "Ada@Figma.com" },
};

/** Whether an answer has the shape that the document tells of. */
const fits = (schema: z.ZodType, body: unknown) =>
  expect(z.safeParse(schema, body).error?.issues).toBeUndefined();

describe("POST /leads/qualify", () => {
  it("stores a new lead in its normal form, and its result", async () => {
    const { json, storage } = openApp(leadRoutes);
    const { status, body } = await json("POST", "/leads/qualify", { json: figma });
    expect(status).toBe(200);
    fits(qualifiedSchema, body);
    expect(body).toMatchObject({
      lead: { status: "stored" },
      result: { engine: "rules", score: expect.any(Number) },
    });
    const lead = await storage.tenant("acme").leads.get(body.lead.id);
    expect(lead).toMatchObject({
      company: {
        name: "Figma",
        domain: "figma.com",
        country: "US",
        provenance: { domain: { source: "api:user:1" } },
      },
      contact: { email: "ada@figma.com" },
      source: "api:user:1",
    });
    const results = await storage.tenant("acme").results.list({ leadId: body.lead.id });
    expect(results.items).toMatchObject([{ runId: body.runId, score: body.result.score }]);
  });

  it("does not store a lead that is known, and adds to its results", async () => {
    const { json, storage } = openApp(leadRoutes);
    const first = await json("POST", "/leads/qualify", { json: figma });
    const again = await json("POST", "/leads/qualify", { json: { ...figma, industry: "Design software" } });
    expect(again.body.lead).toEqual({ id: first.body.lead.id, status: "known" });
    expect(await storage.tenant("acme").leads.count()).toBe(1);
    expect((await storage.tenant("acme").results.list()).items).toHaveLength(2);
  });

  it("qualifies a stored lead, and none of another tenant", async () => {
    const { json } = openApp(leadRoutes);
    const { body } = await json("POST", "/leads/qualify", { json: figma });
    const { id } = body.lead;
    expect(await json("POST", "/leads/qualify", { json: { leadId: id } })).toMatchObject({
      status: 200,
      body: { lead: { id } },
    });
    const theirs = await json("POST", "/leads/qualify", { json: { leadId: id }, as: "globex/user:1/owner" });
    const nobodys = await json("POST", "/leads/qualify", {
      json: { leadId: "none" },
      as: "globex/user:1/owner",
    });
    expect(theirs.status).toBe(404);
    expect({ ...theirs.body, instance: "" }).toEqual({ ...nobodys.body, instance: "" });
  });

  it("works on a list in its order, and tells beside a lead what failed for it", async () => {
    const { json } = openApp(leadRoutes);
    const leads = [
      { company: "One", domain: "one.com" },
      { leadId: "none" },
      ...Array.from({ length: 9 }, (_, index) => ({ company: `C${index}` })),
    ];
    const { status, body } = await json("POST", "/leads/qualify", { json: { leads } });
    expect(status).toBe(200);
    fits(qualifiedManySchema, body);
    expect(body.items).toHaveLength(11);
    expect(body.items[1]).toEqual({
      error: { code: "store.not_found", message: "There is no lead of this id." },
    });
    expect(body.items.filter((item: { result?: unknown }) => item.result)).toHaveLength(10);
  });

  it.each([
    [{ ...figma, domain: "not a domain" }, "body.domain"],
    [{ ...figma, domain: 7 }, "body.domain"],
    [{ ...figma, company: " " }, "body.company"],
    [{ ...figma, employees: { min: 9, max: 3 } }, "body.employees.max"],
    [{ ...figma, contact: { email: "x" } }, "body.contact.email"],
    [{ ...figma, country: "Atlantis" }, "body.country"],
    [{ ...figma, tier: "A" }, "body.tier"],
    [{ leads: [] }, "body.leads"],
    [{ leads: [figma, { ...figma, domain: "-" }] }, "body.leads.1.domain"],
    [{ leads: Array(101).fill(figma) }, "body.leads"],
    [{ leadId: "" }, "body.leadId"],
  ])("refuses %j, naming the place", async (given, place) => {
    const { json, storage } = openApp(leadRoutes);
    const { status, body } = await json("POST", "/leads/qualify", { json: given });
    expect([status, body.issues[0].path]).toEqual([400, place]);
    expect(await storage.tenant("acme").leads.count()).toBe(0);
  });

  it("keeps the result also of an agent that keeps nothing by itself", async () => {
    const agents = () => [new QualificationAgent({ profile: exampleProfile })];
    const { json, storage } = openApp(leadRoutes, { agents });
    const { body } = await json("POST", "/leads/qualify", { json: figma });
    expect((await storage.tenant("acme").results.list()).items).toMatchObject([
      { leadId: body.lead.id, runId: body.runId, score: body.result.score, tier: body.result.tier },
    ]);
  });

  it("ends where the tenant's quota does, and tells what was done before", async () => {
    const { json } = openApp(leadRoutes, { quotas: { name: "starter", tasks: 2 } });
    const leads = Array.from({ length: 4 }, (_, index) => ({ company: `C${index}` }));
    const { body } = await json("POST", "/leads/qualify", { json: { leads } });
    const codes = body.items.map((item: { error?: { code: string } }) => item.error?.code);
    expect(codes.filter((code: unknown) => code === undefined)).toHaveLength(2);
    expect(codes.filter((code: unknown) => code === "budget.exceeded")).toHaveLength(2);
    expect((await json("POST", "/leads/qualify", { json: figma })).status).toBe(402);
  });

  it("says so where no agent qualifies leads", async () => {
    const { json } = openApp(leadRoutes, { agents: () => [] });
    expect(await json("POST", "/leads/qualify", { json: figma })).toMatchObject({
      status: 404,
      body: { code: "agent.unknown" },
    });
  });

  it("uses the agent that the host names", async () => {
    const agents = (): LiveAgent[] => {
      const agent = new QualificationAgent({ profile: exampleProfile });
      return [{ name: "own", run: (input, options) => agent.run(input, options) }];
    };
    const { json } = openApp(leadRoutes, { agents, leads: { qualifier: "own" } });
    expect((await json("POST", "/leads/qualify", { json: figma })).status).toBe(200);
  });

  it("tells of a model that leaves by the rules' result, and of an agent's own failure nothing but that", async () => {
    const reply: ScriptedReply = { error: new Error("sk-secret") };
    const agents = () => [new QualificationAgent({ profile: exampleProfile, model: scriptedModel([reply]) })];
    const left = await openApp(leadRoutes, { agents }).json("POST", "/leads/qualify", { json: figma });
    expect(left).toMatchObject({ status: 200, body: { result: { engine: "rules" } } });
    const broken = (): LiveAgent[] => [
      {
        name: "qualification",
        run: () => {
          throw new TypeError("sk-secret");
        },
      },
    ];
    const app = openApp(leadRoutes, { agents: broken });
    const one = await app.json("POST", "/leads/qualify", { json: figma });
    const many = await app.json("POST", "/leads/qualify", { json: { leads: [figma] } });
    expect([one.status, many.status, many.body.items[0].error.code]).toEqual([500, 200, "internal"]);
    expect(JSON.stringify([left, one, many])).not.toContain("sk-secret");
    expect(app.faults).toHaveLength(2);
  });
});

describe("GET /leads", () => {
  it("goes through all leads page by page, by filter, and of one tenant", async () => {
    const { json } = openApp(leadRoutes);
    const csv = (from: number) =>
      `Company\n${Array.from({ length: 5 }, (_, index) => `C${from + index}\n`).join("")}`;
    await json("POST", "/leads/import?name=a.csv", { body: csv(0), headers: { "content-type": "text/csv" } });
    await json("POST", "/leads/import?name=b.csv", { body: csv(5), headers: { "content-type": "text/csv" } });
    const names: string[] = [];
    for (let after = ""; ; ) {
      const { body } = await json("GET", `/leads?limit=3&source=csv:b.csv${after}`);
      fits(pageSchema(foundLeadSchema), body);
      names.push(...body.items.map((lead: { company: { name: string } }) => lead.company.name));
      if (body.next === undefined) break;
      after = `&after=${encodeURIComponent(body.next)}`;
    }
    expect(names).toEqual(["C5", "C6", "C7", "C8", "C9"]);
    expect((await json("GET", "/leads?stage=won")).body).toEqual({ items: [] });
    expect((await json("GET", "/leads", { as: "globex/user:1/owner" })).body).toEqual({ items: [] });
  });

  it("tells the newest score of each, finds by words and score, and sorts by score", async () => {
    const { json, storage } = openApp(leadRoutes);
    const { leads, results } = storage.tenant("acme");
    const draft = (name: string, email: string) => ({
      company: { name, domain: `${name.toLowerCase()}.example`, provenance: {} },
      ...{ contact: { email, provenance: {} }, source: "csv:x", keys: [`name:${name}`] },
    });
    const drafts = [
      draft("Figma", "ada@mail.example"),
      draft("Notion", "bo@mail.example"),
      draft("Vercel", "cy@x.io"),
    ];
    const [figma, notion] = await leads.insertMany(drafts);
    const scored = (id: string, leadId = "", score: number, hour: number) => ({
      ...{ id, leadId, score, tier: "B", data: {}, kind: "qualification" as const },
      createdAt: `2026-05-01T0${hour}:00:00.000Z`,
    });
    await results.addMany([
      scored("1", figma?.id, 90, 1),
      scored("2", figma?.id, 40.5, 2),
      scored("3", notion?.id, 70, 1),
    ]);
    const found = async (query: string) => {
      const { body } = await json("GET", `/leads?${query}`);
      fits(pageSchema(foundLeadSchema), body);
      return body.items.map((lead: FoundLead) => [lead.company.name, lead.qualification?.score]);
    };
    expect(await found("")).toEqual([
      ["Figma", 40.5],
      ["Notion", 70],
      ["Vercel", undefined],
    ]);
    expect(await found("search=MAIL%20fig")).toEqual([["Figma", 40.5]]);
    expect(await found("order=score&limit=1")).toEqual([["Notion", 70]]);
    expect(await found("maxScore=40.5")).toEqual([["Figma", 40.5]]);
    expect(await found("search=mail&minScore=41")).toEqual([["Notion", 70]]);
  });

  it.each([
    ["?search=", "query.search"],
    [`?search=${"a".repeat(201)}`, "query.search"],
    ["?search=a+b+c+d+e+f+g+h+i", "query.search"],
    ["?minScore=101", "query.minScore"],
    ["?order=name", "query.order"],
    ["?after=x", "query.after"],
    ["?limit=0", "query.limit"],
    ["?limit=1001", "query.limit"],
    ["?stage=x", "query.stage"],
  ])("refuses %s, naming the place", async (query, place) => {
    const { status, body } = await openApp(leadRoutes).json("GET", `/leads${query}`);
    expect([status, body.issues[0].path]).toEqual([400, place]);
  });
});

describe("GET /leads/{id}", () => {
  it("has the latest result of each kind", async () => {
    const { json } = openApp(leadRoutes);
    await json("POST", "/leads/qualify", { json: figma });
    const { body } = await json("POST", "/leads/qualify", { json: figma });
    const lead = await json("GET", `/leads/${body.lead.id}`);
    fits(leadWithResultsSchema, lead.body);
    expect(lead.body).toMatchObject({
      id: body.lead.id,
      results: [{ kind: "qualification", runId: body.runId }],
    });
  });

  it("is the same for another tenant's as for none", async () => {
    const { json } = openApp(leadRoutes);
    const { body } = await json("POST", "/leads/qualify", { json: figma });
    const theirs = await json("GET", `/leads/${body.lead.id}`, { as: "globex/user:1/owner" });
    const nobodys = await json("GET", "/leads/none", { as: "globex/user:1/owner" });
    expect(theirs.status).toBe(404);
    expect({ ...theirs.body, instance: "" }).toEqual({ ...nobodys.body, instance: "" });
  });
});
