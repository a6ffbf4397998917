import type { CrmRecord } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentHash, Hash64, hashOf } from "./content-hash.js";

const record = (parts: Partial<CrmRecord<"contact">>): CrmRecord<"contact"> => ({
  ...{ kind: "contact", id: "1", fields: {}, custom: {}, links: {}, updatedAt: "2026-01-01T00:00:00Z" },
  ...parts,
});
const hash = (parts: Partial<CrmRecord<"contact">>) => contentHash(record(parts)).hash;

describe("contentHash", () => {
  it("is the same whatever the order of fields, the spaces, the stamp and the form of Unicode", () => {
    const one = hash({ fields: { firstName: "Zoé", title: "Head  of Sales" }, custom: { a: 1, b: [] } });
    const other = hash({
      ...{ fields: { title: " Head of Sales ", firstName: "Zoe\u0301", phone: "" } },
      ...{ custom: { a: 1 }, updatedAt: "2027-01-01T00:00:00Z" },
    });
    expect(other).toBe(one);
  });

  it("is another one for another value, another field, and the same value elsewhere", () => {
    const hashes = [
      hash({ fields: { title: "CTO" } }),
      hash({ fields: { title: "CT0" } }),
      hash({ fields: { department: "CTO" } }),
      hash({ custom: { title: "CTO" } }),
      hash({ fields: { otherEmails: ["a", "b"] } }),
      hash({ fields: { otherEmails: ["ab"] } }),
      hash({ custom: { n: 1 } }),
      hash({ custom: { n: "1" } }),
      hash({ custom: { n: true } }),
      hash({ links: { company: ["1"] } }),
      hash({}),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("tells how long a record is", () => {
    expect(contentHash(record({ fields: { title: "x".repeat(500) } })).chars).toBeGreaterThanOrEqual(500);
  });
});

describe("Hash64", () => {
  it("tells texts apart that differ in one bit or in where they are cut", () => {
    const digests = new Set<string>();
    for (let index = 0; index < 50_000; index++) digests.add(new Hash64().text(`id-${index}`).digest());
    expect(digests.size).toBe(50_000);
    fc.assert(
      fc.property(
        fc.array(fc.string(), { maxLength: 4 }),
        fc.array(fc.string(), { maxLength: 4 }),
        (one, other) => {
          const same = JSON.stringify(one) === JSON.stringify(other);
          const digest = (texts: readonly string[]) =>
            texts.reduce((hashed, text) => hashed.text(text), new Hash64()).digest();
          expect(digest(one) === digest(other)).toBe(same);
        },
      ),
    );
    expect(hashOf("a", "b")).toMatch(/^[0-9a-f]{16}$/);
  });
});
