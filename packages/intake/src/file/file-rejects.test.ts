import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryStorage } from "@salesagent/storage-memory";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { importLeads } from "../import/import-leads.js";
import { textSource } from "../source/byte-source.js";
import { Fuse, fusedStorage } from "../testing/faulty-storage.js";
import { readAll } from "../testing/read-all.js";
import { fileRejects } from "./file-rejects.js";
import { fileSource } from "./file-source.js";

let folder = "";
let path = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "intake-"));
  path = join(folder, "leads.csv.rejects.csv");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const rejected = (row: number, cells: readonly string[], reason = "no lead") => ({
  status: "rejected" as const,
  row,
  reason,
  cells,
});
const HEADING = "\ufeffRejected row,Rejected because,Company,Phone\r\n";

it("writes number, reason and the row as it was", async () => {
  const rejects = fileRejects(path);
  await rejects.open(["Company", "Phone"], 0);
  await rejects.write([
    rejected(7, ['Acme, "Inc"', "+49 30"]),
    rejected(9, ["a\nb", "=1+1"], "the row has 2 cells, the header has 3"),
  ]);
  await rejects.close();

  expect(await readFile(path, "utf8")).toBe(
    `${HEADING}7,no lead,"Acme, ""Inc""",+49 30\r\n9,"the row has 2 cells, the header has 3","a\nb",=1+1\r\n`,
  );
});

it("makes no file when nothing is rejected", async () => {
  const rejects = fileRejects(path);
  await rejects.open(["Company"], 0);
  await rejects.close();

  expect(existsSync(path)).toBe(false);
});

it("removes the rejects of an earlier import", async () => {
  await writeFile(path, `${HEADING}7,x,y,z\r\n`);
  const rejects = fileRejects(path);
  await rejects.open(["Company"], 0);
  await rejects.close();

  expect(existsSync(path)).toBe(false);
});

it("never touches a file that is no rejects file", async () => {
  await writeFile(path, "Company,Phone\nAcme,1\n");

  await expect(fileRejects(path).open(["Company"], 0)).rejects.toMatchObject({
    code: "config.invalid",
    facts: { option: "rejects" },
  });
  expect(await readFile(path, "utf8")).toBe("Company,Phone\nAcme,1\n");
});

it("drops what was written after the position, and goes on there", async () => {
  const first = fileRejects(path);
  await first.open(["Company", "Phone"], 0);
  const position = await first.write([rejected(2, ["a", "b"])]);
  await first.write([rejected(3, ["c", "d"])]);
  await first.close();

  const second = fileRejects(path);
  await second.open(["Company", "Phone"], position);
  await second.write([rejected(4, ["e", "f"])]);
  await second.close();

  expect(await readFile(path, "utf8")).toBe(`${HEADING}2,no lead,a,b\r\n4,no lead,e,f\r\n`);
});

it("begins the file anew when it was taken away meanwhile", async () => {
  const rejects = fileRejects(path);
  await rejects.open(["Company", "Phone"], 500);
  await rejects.write([rejected(4, ["e", "f"])]);
  await rejects.close();

  expect(await readFile(path, "utf8")).toBe(`${HEADING}4,no lead,e,f\r\n`);
});

it("can be mended and imported in turn", async () => {
  const rejects = fileRejects(path);
  const storage = memoryStorage().tenant("acme");
  await importLeads({
    source: textSource("leads.csv", "Company,City\nAcme\nBeta,Berlin\n"),
    storage,
    rejects,
  }).result();
  await writeFile(path, (await readFile(path, "utf8")).replace(",Acme", ",Acme,Boston"));

  expect(await readAll(fileSource(path))).toMatchObject([
    { lead: { company: { name: "Acme", city: "Boston" }, custom: {} } },
  ]);
});

describe("an import killed at any instant and called again", () => {
  it("leaves the rejects file of an undisturbed one", async () => {
    const row = fc.constantFrom("acme.com,a", "beta.com,b", "ragged", "x,y,z", ',"no ü"', 'q,"a "b" c"');
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 3 }),
        async (rows, batchSize) => {
          const source = textSource("leads.csv", ["Domain,Notes", ...rows].join("\n"));
          const content = () => readFile(path, "utf8").catch(() => "");
          const fuse = new Fuse();
          await importLeads({
            source,
            storage: fusedStorage(memoryStorage().tenant("a"), fuse),
            rejects: fileRejects(path),
            batchSize,
          }).result();
          const whole = await content();
          for (let place = 0; place < fuse.passed; place++) {
            await rm(path, { force: true });
            const storage = fusedStorage(memoryStorage().tenant("a"), new Fuse(place));
            const options = { source, storage, batchSize };
            await expect(importLeads({ ...options, rejects: fileRejects(path) }).result()).rejects.toThrow(
              "killed",
            );
            await importLeads({ ...options, rejects: fileRejects(path) }).result();

            expect(await content()).toBe(whole);
          }
          await rm(path, { force: true });
        },
      ),
      { numRuns: 15 },
    );
  });
});
