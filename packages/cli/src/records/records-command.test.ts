import { readFile, writeFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { jsonLines } from "../testing/command-line.js";
import { useKeptClose } from "../testing/kept-close.js";

const kept = useKeptClose();

const summaryOf = (stdout: string) => jsonLines(stdout).at(-1);

const PEOPLE = `E-Mail,First Name,Last Name,Job Title,Phone,Country,Tier
ada@x.example,Ada,Byron,CTO,020 7946 0018,UK,gold
BO@X.example,Bo,Derek,CEO,,,
`;

describe("salesagent crm import", () => {
  it("makes records of other people's columns, normalised, and changes nothing the second time", async () => {
    const made = await kept.importCsv("contact", PEOPLE, "--map", "Tier=custom.tier", "--json");
    expect(summaryOf(made.stdout)).toMatchObject({ rows: 2, created: 2, rejected: 0 });
    const [ada] = jsonLines((await kept.salesagent("crm", "list", "--json")).stdout);
    expect(ada).toMatchObject({
      fields: {
        email: "ada@x.example",
        title: "CTO",
        phone: "+442079460018",
        country: "GB",
        fullName: "Ada Byron",
      },
      custom: { tier: "gold" },
    });
    const again = await kept.importCsv("contact", PEOPLE, "--map", "Tier=custom.tier", "--json");
    expect(summaryOf(again.stdout)).toMatchObject({ created: 0, updated: 0, unchanged: 2 });
    const [same] = jsonLines((await kept.salesagent("crm", "list", "--json")).stdout);
    expect(same).toEqual(ada);
  });

  it("changes only the fields that differ, with their time, and leaves the others theirs", async () => {
    await kept.importCsv("contact", PEOPLE);
    const [before] = jsonLines((await kept.salesagent("crm", "list", "--json")).stdout);
    await kept.importCsv("contact", "email,title,firstName,phone\nada@x.example,Chair,Ada,\n");
    const [after] = jsonLines((await kept.salesagent("crm", "list", "--json")).stdout);
    expect(after).toMatchObject({ fields: { title: "Chair", phone: "+442079460018", lastName: "Byron" } });
    const times = (record: typeof after) => record?.["fieldTimes"] as Readonly<Record<string, string>>;
    expect(times(after)["firstName"]).toBe(times(before)["firstName"]);
    expect(String(times(after)["title"]) > String(times(before)["title"])).toBe(true);
  });

  it("rejects rows with their numbers and reasons, imports the others, and takes the mended file", async () => {
    const text =
      "email,firstName,country\nnowhere,Ada,\n,Bo,\nci@x.example,Ci,Atlantis\ndi@x.example,Di,FR\n";
    const outcome = await kept.importCsv("contact", text, "--json", "--rejects", kept.path("mended.csv"));
    expect(jsonLines(outcome.stdout)).toMatchObject([
      { row: 2, reason: '"email" must be an e-mail address' },
      { row: 3, reason: expect.stringContaining("nothing tells this contact from others") },
      { row: 4, reason: '"country" must be a country' },
      { type: "summary", created: 1, rejected: 3 },
    ]);
    const rejects = await readFile(kept.path("mended.csv"), "utf8");
    expect(rejects).toContain("Rejected row,Rejected because,email,firstName,country");
    await writeFile(kept.path("mended.csv"), rejects.replace("nowhere", "ada@x.example"));
    const mended = await kept.salesagent(
      "crm",
      "import",
      kept.path("mended.csv"),
      "--kind",
      "contact",
      "--rejects",
      kept.path("left.csv"),
      "--json",
    );
    expect(summaryOf(mended.stdout)).toMatchObject({ created: 1, rejected: 2 });
  });

  it("takes rows of one record for one, and asks where two records fit", async () => {
    const rows =
      "email,linkedinUrl,title\na@x.example,,CTO\nA@x.example,https://linkedin.com/in/ada,CEO\nb@x.example,,COO\n";
    const made = await kept.importCsv("contact", rows, "--json");
    expect(summaryOf(made.stdout)).toMatchObject({ created: 2, updated: 1 });
    const both = await kept.importCsv(
      "contact",
      "email,linkedinUrl\nb@x.example,linkedin.com/in/ada\n",
      "--json",
    );
    expect(jsonLines(both.stdout)[0]).toMatchObject({
      row: 2,
      reason: expect.stringContaining("it fits several records: "),
    });
  });

  it("tells which column or option is wrong", async () => {
    const map = await kept.importCsv("deal", "id,Sum\nD-1,3\n", "--map", "Sum=amount");
    expect(map).toMatchObject({ exitCode: 2 });
    expect(map.stderr).toContain('a deal has no field "amount"');
    const left = await kept.importCsv("deal", "id,Sum\nD-1,3\n");
    expect(left.stderr).toContain("nothing is known by these columns: Sum");
    const kind = await kept.salesagent("crm", "import", "deals.csv");
    expect(kind.stderr).toContain("--kind must be one of company, contact, deal.");
    const none = await kept.salesagent("crm", "import", "/nowhere.csv", "--kind", "deal");
    expect(none).toMatchObject({ exitCode: 1 });
    expect(none.stderr).toContain("there is no such file");
  });
});

describe("salesagent crm export", () => {
  it.each([
    [
      "contact",
      'email,firstName,otherEmails,optedOut,custom.score\na@x.example,"Ada, Countess",b@x.example; c@x.example,no,12\n',
    ],
    [
      "company",
      'name,domain,employees,keywords,custom.note\nWorks,works.example,51-200,"steam, gears","a ""quoted"" word"\n',
    ],
    [
      "deal",
      "id,name,amountMinor,currency,closeDate,links.company\nD-1,Seats,1250,usd,2026-12-01,c-1; c-2\n",
    ],
  ])("writes every %s so that its import changes nothing", async (kind, text) => {
    const made = await kept.importCsv(kind, text, "--json");
    expect(summaryOf(made.stdout)).toMatchObject({ created: 1 });
    const file = kept.path(`${kind}.export.csv`);
    const exported = await kept.salesagent("crm", "export", file, "--kind", kind, "--json");
    expect(summaryOf(exported.stdout)).toMatchObject({ rows: 1, kind });
    expect((await readFile(file, "utf8")).split("\r\n")[0]).toMatch(/^id,.*,createdAt,updatedAt$/);
    const again = await kept.salesagent(
      "crm",
      "import",
      file,
      "--kind",
      kind,
      "--rejects",
      kept.path("none.csv"),
      "--json",
    );
    expect(summaryOf(again.stdout)).toMatchObject({ rows: 1, unchanged: 1, rejected: 0 });
  });
});

describe("salesagent crm show", () => {
  it("finds a record by its address or domain, and tells where it is not there", async () => {
    await kept.importCsv("contact", PEOPLE);
    expect((await kept.salesagent("crm", "show", "ADA@x.example")).stdout).toContain("lastName: Byron");
    const none = await kept.salesagent("crm", "show", "works.example", "--kind", "company");
    expect(none).toMatchObject({ exitCode: 2 });
    expect(none.stderr).toContain("There is no company works.example.");
  });
});
