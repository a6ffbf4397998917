import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openApp } from "../testing/open-app.js";
import { importSchema } from "./lead-schemas.js";
import { leadRoutes } from "./leads.js";

describe("POST /leads/import", () => {
  const csv =
    "Company;Web site;Head count\nFigma;https://www.figma.com;1600\nFigma Inc.;figma.com;1600\n;;12\nOne;one.com;5\n";
  const file = (
    body: string | ReadableStream<Uint8Array>,
    headers: Record<string, string> = { "content-type": "text/csv" },
  ) => ({
    body,
    headers,
  });

  it("stores what is new, and accounts for every row", async () => {
    const { json, storage } = openApp(leadRoutes);
    const { status, body } = await json("POST", "/leads/import?name=fair.csv", file(csv));
    expect(status).toBe(200);
    expect(z.safeParse(importSchema, body).error?.issues).toBeUndefined();
    expect(body).toMatchObject({
      ...{ source: "fair.csv", rows: 4, imported: 2, duplicates: 1, rejected: 1 },
      rejectedRows: [{ row: 4, reason: expect.any(String) }],
      mapping: [{ column: "Company", target: "company.name" }, {}, { target: "company.employees" }],
    });
    expect((await storage.tenant("acme").leads.list()).items.map(({ source }) => source)).toEqual([
      "csv:fair.csv",
      "csv:fair.csv",
    ]);
    expect(await storage.tenant("globex").leads.count()).toBe(0);
  });

  it("reads a file as it comes, larger than what it looks at first", async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `Company ${index};c${index}.com;${index}\n`);
    let at = -1;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        at += 1;
        const text =
          at === 0 ? "Company;Web site;Head count\n" : rows.slice((at - 1) * 500, at * 500).join("");
        if (text === "") controller.close();
        else controller.enqueue(new TextEncoder().encode(text));
      },
    });
    const { json } = openApp(leadRoutes);
    const { body } = await json("POST", "/leads/import", file(stream));
    expect(body).toMatchObject({ rows: 20_000, imported: 20_000 });
  });

  it("takes the columns as it is told", async () => {
    const { json, storage } = openApp(leadRoutes);
    const mapping = encodeURIComponent(JSON.stringify({ Wer: "company.name", Wo: "custom" }));
    await json("POST", `/leads/import?delimiter=%2C&mapping=${mapping}`, file("Wer,Wo\nFigma,Berlin\n"));
    expect((await storage.tenant("acme").leads.list()).items).toMatchObject([
      { company: { name: "Figma" }, custom: { Wo: "Berlin" } },
    ]);
  });

  it.each([
    ["?mapping=x", "query.mapping"],
    [`?mapping=${encodeURIComponent('{"a":"company.nope"}')}`, "query.mapping"],
    ["?delimiter=ab", "query.delimiter"],
    ["?defaultCountry=Atlantis", "query.defaultCountry"],
    ["?name=a%2Fb", "query.name"],
    ["?resume=1", "query.resume"],
  ])("refuses %s, naming the place", async (query, place) => {
    const { json } = openApp(leadRoutes);
    const { status, body } = await json("POST", `/leads/import${query}`, file("Company\nFigma\n"));
    expect([status, body.issues[0].path]).toEqual([400, place]);
  });

  it("names what can't be read, and keeps what came before", async () => {
    const { json, storage } = openApp(leadRoutes);
    const empty = await json("POST", "/leads/import", file(""));
    expect(empty).toMatchObject({ status: 422, body: { code: "intake.unreadable" } });
    const open = await json("POST", "/leads/import", file('Company\nFigma\n"One'));
    expect(open).toMatchObject({ status: 422, body: { facts: { row: 3 } } });
    expect(await storage.tenant("acme").leads.count()).toBe(1);
  });

  it("is cut beyond its limit, and lets go of its connection", async () => {
    const { json, server } = openApp(leadRoutes, { limits: { importBytes: 1_000 } });
    const large = await json("POST", "/leads/import", file(`Company\n${"x".repeat(2_000)}`));
    expect(large).toMatchObject({ status: 413, body: { code: "request.too_large" } });
    expect(server.scope.connections.total).toBe(0);
  });
});
