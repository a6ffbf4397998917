import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { memoryStorage } from "@salesagent/storage-memory";
import { expect, it } from "vitest";
import { fileSource } from "./file/file-source.js";
import { importLeads } from "./import/import-leads.js";

const path = fileURLToPath(new URL("../../../../shared/data/companies.csv", import.meta.url));
const there = existsSync(path);

it.skipIf(!there)(
  `accounts for 5,739 real companies, twice${there ? "" : " (skipped: no ../shared/data/companies.csv)"}`,
  async () => {
    const storage = memoryStorage().tenant("acme");
    const options = { source: fileSource(path), storage };

    expect(await importLeads(options).result()).toMatchObject({
      rows: 5739,
      imported: 5739,
      duplicates: 0,
      rejected: 0,
    });
    expect(await importLeads(options).result()).toMatchObject({
      rows: 5739,
      imported: 0,
      duplicates: 5739,
      rejected: 0,
    });
    expect(await storage.leads.findByKey("profile:ycombinator.com/companies/asha-health")).toMatchObject({
      company: {
        name: "Asha Health",
        country: "US",
        employees: { min: 9, max: 9 },
        foundedYear: 2024,
        status: "active",
      },
      custom: { Batch: "Fall 2024" },
    });
  },
);
