import { describe, expect, it } from "vitest";
import { proposeMapping } from "./propose-mapping.js";

const targets = (headers: readonly string[], rows: readonly (readonly string[])[] = []) =>
  proposeMapping(headers, rows).map(({ target }) => target);

const column = (header: string, values: readonly string[]) =>
  proposeMapping(
    [header],
    values.map((value) => [value]),
  )[0];

describe("exports in common use", () => {
  it.each([
    [
      "Apollo",
      "First Name|Last Name|Title|Company|Company Name for Emails|Email|Seniority|Departments|Mobile Phone|Corporate Phone|# Employees|Industry|Keywords|Person Linkedin Url|Website|Company Linkedin Url|City|State|Country|Annual Revenue|Total Funding|Technologies",
      "contact.firstName|contact.lastName|contact.title|company.name|custom|contact.email|contact.seniority|contact.department|contact.phone|company.phone|company.employees|company.industry|company.keywords|contact.linkedinUrl|company.website|company.linkedinUrl|company.city|company.region|company.country|company.revenueUsd|company.fundingUsd|company.technologies",
    ],
    [
      "HubSpot companies",
      "Record ID|Company name|Company Domain Name|Website URL|Number of Employees|Annual Revenue|Year Founded|Country/Region|City|Industry|Phone Number|LinkedIn Company Page",
      "custom|company.name|company.domain|company.website|company.employees|company.revenueUsd|company.foundedYear|company.country|company.city|company.industry|company.phone|company.linkedinUrl",
    ],
    [
      "Crunchbase",
      "Organization Name|Organization Name URL|Founded Date|Headquarters Location|Number of Employees|Website|LinkedIn|Total Funding Amount|Last Funding Type|Estimated Revenue Range|Operating Status|Industries|Full Description",
      "company.name|company.profileUrl|company.foundedYear|company.address|company.employees|company.website|company.linkedinUrl|company.fundingUsd|company.fundingStage|company.revenueUsd|company.status|company.subIndustries|company.description",
    ],
    [
      "LinkedIn connections",
      "First Name|Last Name|URL|Email Address|Company|Position|Connected On",
      "contact.firstName|contact.lastName|company.website|contact.email|company.name|contact.title|custom",
    ],
    [
      "Salesforce",
      "Account Name|Billing Country|Phone|Website|Employees",
      "company.name|company.country|company.phone|company.website|company.employees",
    ],
    [
      "German",
      "Firma|Webseite|Land|Mitarbeiterzahl|Gründungsjahr|Branche|Vorname|Nachname|E-Mail-Adresse|Telefon",
      "company.name|company.website|company.country|company.employees|company.foundedYear|company.industry|contact.firstName|contact.lastName|contact.email|contact.phone",
    ],
    [
      "French",
      "Société|Site web|Pays|Effectif|Année de création|Secteur d'activité|Prénom|Courriel",
      "company.name|company.website|company.country|company.employees|company.foundedYear|company.industry|contact.firstName|contact.email",
    ],
    [
      "Spanish",
      "Empresa|Sitio web|País|Empleados|Correo electrónico|Teléfono",
      "company.name|company.website|company.country|company.employees|contact.email|contact.phone",
    ],
    [
      "Japanese",
      "会社名|国|従業員数|メール|電話番号",
      "company.name|company.country|company.employees|contact.email|contact.phone",
    ],
    [
      "camel case",
      "companyName|employeeCount|foundedYear|firstName",
      "company.name|company.employees|company.foundedYear|contact.firstName",
    ],
    ["our own rejects", "Rejected row|Rejected because|Company", "ignore|ignore|company.name"],
  ])("maps %s", (_, headers, fields) => {
    expect(targets(headers.split("|"))).toEqual(fields.split("|"));
  });
});

describe("headers with several meanings", () => {
  it.each([
    ["Name|Website", "company.name|company.website"],
    ["Name|Email|Company", "contact.fullName|contact.email|company.name"],
    ["Company|Name", "company.name|contact.fullName"],
    ["Company Country|Country", "company.country|contact.country"],
    ["Company|Phone", "company.name|company.phone"],
    ["Company|Email|Phone", "company.name|contact.email|contact.phone"],
  ])("maps %s to %s", (headers, fields) => {
    expect(targets(headers.split("|"))).toEqual(fields.split("|"));
  });

  it("tells the status of a company from that of a lead by the values", () => {
    expect(column("Status", ["Active", "Acquired"])?.target).toBe("company.status");
    expect(column("Status", ["New", "Contacted", "Won"])?.target).toBe("custom");
  });

  it("tells LinkedIn pages of people from those of companies by the values", () => {
    expect(column("LinkedIn", ["https://linkedin.com/in/ada", "https://linkedin.com/in/bob"])?.target).toBe(
      "contact.linkedinUrl",
    );
    expect(column("URL", ["https://linkedin.com/company/acme"])?.target).toBe("company.linkedinUrl");
  });
});

describe("values", () => {
  const names = ["a", "b", "c", "d"];

  it.each([
    ["contact.email", names.map((name) => `${name}@acme.com`)],
    ["company.domain", names.map((name) => `${name}cme.com`)],
    ["company.website", names.map((name) => `https://${name}cme.com`)],
    ["company.linkedinUrl", names.map((name) => `https://linkedin.com/company/${name}`)],
    ["company.employees", ["51-200", "11-50", "1,001-5,000", "10,001+"]],
    ["company.country", ["Germany", "France", "Italy", "Spain"]],
    ["company.phone", ["+49 30 1234567", "+1 415 555 0123", "+33 1 23 45 67 89"]],
  ])("show %s under a header that says nothing", (target, values) => {
    const proposal = column("Foo", values);

    expect(proposal?.target).toBe(target);
    expect(proposal?.confidence).toBeLessThan(0.7);
    expect(proposal?.reason).toContain("values");
  });

  it("outweigh a header that they contradict", () => {
    expect(column("Size", ["red", "green", "blue"])).toMatchObject({
      target: "custom",
      reason: expect.stringContaining("do not look like it"),
    });
    expect(
      column(
        "Website",
        names.map((name) => `${name}@acme.com`),
      )?.target,
    ).toBe("contact.email");
  });

  it("show pages of one directory, known or not, that are nobody's own site", () => {
    const known = names.map((name) => `https://www.ycombinator.com/companies/${name}`);
    const unknown = names.map((name) => `https://startups.example.org/c/${name}`);

    expect(column("Website", known)?.target).toBe("company.profileUrl");
    expect(column("Website", unknown)?.target).toBe("company.profileUrl");
    expect(column("Foo", unknown)?.target).toBe("company.profileUrl");
  });

  it("make a proposal surer when they fit the header", () => {
    const fitting = column("Country", ["Germany", "France", "Italy"]);

    expect(fitting?.confidence).toBeGreaterThan(column("Country", [])?.confidence ?? 1);
  });
});

it("gives a field to one column only, the surest", () => {
  const proposals = proposeMapping(["Email", "Secondary", "Work Email"], [["a@x.com", "b@x.com", ""]]);

  expect(proposals.map(({ target }) => target)).toEqual(["contact.email", "custom", "custom"]);
  expect(proposals[2]?.reason).toContain('"Email"');
});
