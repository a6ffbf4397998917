import { systemClock } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { FIELD_PATHS } from "./mapping/fields.js";
import { inspectLeads, readLeads } from "./read-leads.js";
import type { ReadLeadsOptions } from "./read-options.js";
import { textSource } from "./source/byte-source.js";
import { encoded } from "./testing/chunks.js";
import { readAll } from "./testing/read-all.js";

const AT = "2026-05-01T09:00:00.000Z";
const clock = { ...systemClock, now: () => Date.parse(AT) };

const leadsOf = async (text: string, options?: ReadLeadsOptions) =>
  (await readAll(text, options)).flatMap((outcome) => (outcome.status === "read" ? [outcome.lead] : []));

describe("a row", () => {
  it("becomes a normalised lead with the source of each field", async () => {
    const [outcome] = await readAll(
      "Company Name,Website,Country,Team Size,Founded,Status,Batch\nAcme Inc,https://www.acme.com/about,USA,51-200,2015,Active,W21\n",
      { clock },
    );

    const provenance = { source: "csv:leads.csv", at: AT };
    expect(outcome).toEqual({
      status: "read",
      row: 2,
      warnings: [],
      lead: {
        company: {
          name: "Acme Inc",
          domain: "acme.com",
          website: "https://acme.com/about",
          country: "US",
          employees: { min: 51, max: 200 },
          foundedYear: 2015,
          status: "active",
          provenance: {
            name: provenance,
            domain: provenance,
            website: provenance,
            country: provenance,
            employees: provenance,
            foundedYear: provenance,
            status: provenance,
          },
        },
        source: "csv:leads.csv",
        custom: { Batch: "W21" },
        keys: ["domain:acme.com"],
      },
    });
  });

  it("becomes a contact lead, its company's domain implied by the address", async () => {
    const [lead] = await leadsOf(
      "First Name,Last Name,Email,Title,Company\nAda,Lovelace,Ada@Acme.com,VP Sales,Acme\n",
      { clock },
    );

    expect(lead?.contact).toMatchObject({
      fullName: "Ada Lovelace",
      email: "ada@acme.com",
      seniority: "executive",
      department: "sales",
    });
    expect(lead?.company).toMatchObject({ domain: "acme.com", provenance: { domain: { confidence: 0.8 } } });
    expect(lead?.company.provenance.name).not.toHaveProperty("confidence");
  });

  it("shares provenance between rows", async () => {
    const [first, second] = await leadsOf("Company,City\nAcme,Boston\nBeta,Berlin\n");

    expect(first?.company.provenance).toBe(second?.company.provenance);
  });

  it("reads national phone numbers by the row's country, or the default", async () => {
    const text = "Company,Country,Phone\nAcme,Germany,030 123456\nBeta,,415 555 0123\n";

    expect((await leadsOf(text, { defaultCountry: "USA" })).map(({ company }) => company.phone)).toEqual([
      "+4930123456",
      "+14155550123",
    ]);
  });

  it("keeps a value that can't be read, and says so without repeating it", async () => {
    const [outcome] = await readAll("Company,Country,Phone,Website\nAcme,Remote,call me,github.com\n");

    expect(outcome).toMatchObject({
      status: "read",
      lead: { custom: { Country: "Remote", Phone: "call me", Website: "github.com" } },
      warnings: [
        { column: "Country", field: "company.country" },
        { field: "company.domain" },
        { field: "company.phone" },
      ],
    });
    expect(JSON.stringify(outcome?.status === "read" && outcome.warnings)).not.toContain("call me");
  });

  it("takes a shared host as the site of the company of that name", async () => {
    const [lead] = await leadsOf("Company,Website\nGitHub,https://github.com\n");

    expect(lead?.keys).toEqual(["domain:github.com"]);
  });

  it("takes a directory's page for what it is", async () => {
    const [lead] = await leadsOf("Company,Website\nAcme,https://www.crunchbase.com/organization/acme\n");

    expect(lead?.company).toMatchObject({ profileUrl: "https://crunchbase.com/organization/acme" });
    expect(lead?.company.domain).toBeUndefined();
  });

  it("fills a field from the first of two columns, and keeps the other", async () => {
    const [lead] = await leadsOf("Company,Phone,Other\nAcme,+49 30 1234567,+49 30 7654321\n", {
      mapping: { Phone: "company.phone", Other: "company.phone" },
    });

    expect(lead?.company.phone).toBe("+49301234567");
    expect(lead?.custom).toEqual({ Other: "+49 30 7654321" });
  });

  it("keeps further addresses of one cell", async () => {
    const [lead] = await leadsOf("Company,Email\nAcme,ada@acme.com; bob@acme.com\n");

    expect(lead?.contact?.email).toBe("ada@acme.com");
    expect(lead?.custom).toEqual({ Email: "ada@acme.com; bob@acme.com" });
  });

  it("loses nothing of a contact who has no name", async () => {
    const [lead] = await leadsOf("Company,Company Country,Country\nAcme,US,Germany\n");

    expect(lead?.contact).toMatchObject({ country: "DE" });
    expect(lead?.keys).toEqual(["name:acme|us"]);
  });

  it("leaves out a column that is to be ignored", async () => {
    const [lead] = await leadsOf("Company,Secret\nAcme,x\n", { mapping: { Secret: "ignore" } });

    expect(lead?.custom).toEqual({});
  });
});

it("takes no longer than by their length for cells that are long and strange", async () => {
  const strange = [
    " ".repeat(300_000),
    "inc ".repeat(70_000),
    "- ".repeat(100_000),
    "<a@".repeat(90_000),
    "1,".repeat(100_000),
  ];
  for (const field of FIELD_PATHS.filter((path) => path !== "company.name")) {
    const rows = strange.map((text) => `Acme,"a${text}b"\n`).join("");

    const leads = await leadsOf(`Company,X\n${rows}`, { mapping: { X: field } });

    expect(leads).toHaveLength(strange.length);
  }
  const names = await leadsOf(`Company,X\n${strange.map((text) => `"a${text}b",1\n`).join("")}`);
  expect(names).toHaveLength(strange.length);
});

describe("rows that are no lead", () => {
  it("are rejected with reason and cells; blank ones are passed over", async () => {
    const outcomes = await readAll(
      'Company,Website\nAcme,acme.com\n\n,\n  ,n/a\nBeta\nGamma,g.com,,\nDelta,d.com,x\n"bad "q" cell",y\n',
    );

    expect(outcomes.map(({ row, status }) => [row, status])).toEqual([
      [2, "read"],
      [5, "rejected"],
      [6, "rejected"],
      [7, "read"],
      [8, "rejected"],
      [9, "rejected"],
    ]);
    expect(
      outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [[outcome.reason, outcome.cells]] : [])),
    ).toEqual([
      [expect.stringContaining("nothing tells this lead from others"), ["  ", "n/a"]],
      ["the row has 1 cells, the header has 2", ["Beta"]],
      ["the row has 3 cells, the header has 2", ["Delta", "d.com", "x"]],
      [expect.stringContaining("not doubled"), ['"bad "q" cell",y']],
    ]);
  });

  it("do not keep a 1 MB cell from being the only row lost", async () => {
    const outcomes = await readAll(`Company,Notes\nAcme,a\nBeta,"${"x".repeat(1_000_000)}"\nGamma,c\n`);

    expect(outcomes.map(({ row, status }) => [row, status])).toEqual([
      [2, "read"],
      [3, "rejected"],
      [4, "read"],
    ]);
  });
});

it("reads the same leads whatever the encoding, delimiter and line end", async () => {
  const rows = [
    ["Company", "City"],
    ["Müller GmbH", "Zürich"],
    ["Acme, Inc", "São Paulo"],
  ];
  const texts = [",", ";", "\t", "|"].flatMap((delimiter) =>
    ["\n", "\r\n", "\r"].map(
      (end) => rows.map((row) => row.map((cell) => `"${cell}"`).join(delimiter)).join(end) + end,
    ),
  );
  const files = texts.flatMap((text) => [
    encoded(text, "utf-8"),
    encoded(text, "utf-8", true),
    encoded(text, "utf-16le", true),
    encoded(text, "utf-16be", true),
    encoded(text, "windows-1252"),
  ]);

  const read = await Promise.all(files.map((file) => readAll(textSource("leads.csv", file), { clock })));

  expect(read[0]).toMatchObject([{ lead: { company: { name: "Müller GmbH", city: "Zürich" } } }, { row: 3 }]);
  for (const outcomes of read) expect(outcomes).toEqual(read[0]);
});

it("throws for an unclosed quote after the rows before it", async () => {
  const names: unknown[] = [];
  const reading = async () => {
    for await (const outcome of readLeads(textSource("leads.csv", 'Company\nAcme\n"Beta\nGamma\n')))
      names.push(outcome.row);
  };

  await expect(reading()).rejects.toMatchObject({
    code: "intake.unreadable",
    facts: { source: "leads.csv", row: 3 },
  });
  expect(names).toEqual([2]);
});

it("shows a file's columns before anything is read", async () => {
  const inspection = await inspectLeads(textSource("leads.csv", "Firma;Foo\nAcme;1\n"));

  expect(inspection).toMatchObject({
    delimiter: ";",
    encoding: "utf-8",
    columns: [
      { column: "Firma", target: "company.name" },
      { column: "Foo", target: "custom" },
    ],
    sampleRows: [["Acme", "1"]],
  });
});

describe("wrong options", () => {
  it.each<[ReadLeadsOptions, RegExp]>([
    [{ delimiter: ",," }, /delimiter/],
    [{ delimiter: '"' }, /delimiter/],
    [{ headers: [] }, /headers/],
    [{ maxCellBytes: 1.5 }, /maxCellBytes/],
    [{ defaultCountry: "Atlantis" }, /defaultCountry/],
  ])("%j are named", async (options, message) => {
    await expect(readAll("Company\nAcme\n", options)).rejects.toThrow(message);
  });
});
