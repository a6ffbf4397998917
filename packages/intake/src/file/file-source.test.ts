import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readAll } from "../testing/read-all.js";
import { fileSource } from "./file-source.js";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "intake-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const written = async (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

it("reads a file from any byte on", async () => {
  const source = fileSource(await written("leads.csv", "0123456789"));
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.open(4)) chunks.push(chunk);

  expect(Buffer.concat(chunks).toString()).toBe("456789");
  expect(await source.sizeBytes()).toBe(10);
  expect(source.name).toBe("leads.csv");
});

it("has one fingerprint for one content, wherever it lies", async () => {
  const first = await fileSource(await written("a.csv", "x")).fingerprint();

  expect(await fileSource(await written("b.csv", "x")).fingerprint()).toBe(first);
  expect(await fileSource(await written("c.csv", "y")).fingerprint()).not.toBe(first);
});

it("stops taking the fingerprint with the caller's reason", async () => {
  const reason = new Error("enough");

  await expect(fileSource(await written("a.csv", "x")).fingerprint(AbortSignal.abort(reason))).rejects.toBe(
    reason,
  );
});

describe("a path that can't be read", () => {
  it.each([
    ["missing.csv", /missing\.csv: there is no such file/],
    [".", /folder/],
  ])("%s is told plainly", async (name, message) => {
    await expect(readAll(fileSource(join(folder, name)))).rejects.toMatchObject({
      code: "intake.unreadable",
      message: expect.stringMatching(message),
    });
  });

  it("is told plainly by size and fingerprint too", async () => {
    const source = fileSource(join(folder, "missing.csv"));

    await expect(source.sizeBytes()).rejects.toMatchObject({ code: "intake.unreadable" });
    await expect(source.fingerprint()).rejects.toMatchObject({ code: "intake.unreadable" });
  });
});
