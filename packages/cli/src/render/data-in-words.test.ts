import type { JsonObject } from "@salesagent/ports";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataInWords, updateInWords } from "./data-in-words.js";

describe("dataInWords", () => {
  it("is an outline: names, numbers of items, text of several lines below its name", () => {
    const data = {
      outcome: { kind: "booked" },
      tags: ["a", "b"],
      messages: [{ channel: "email", body: "Hello,\n\nBo" }, { channel: "sms" }],
      doubts: [],
      meeting: null,
    };
    expect(dataInWords(data)).toBe(
      [
        "outcome",
        "  kind: booked",
        "tags: a, b",
        "messages",
        "  1. channel: email",
        "     body:",
        "       Hello,",
        "",
        "       Bo",
        "  2. channel: sms",
        "doubts: none",
        "meeting: none",
      ].join("\n"),
    );
  });

  it("tells ranges and sources beside values", () => {
    const at = "2026-01-05T12:00:00.000Z";
    const company = {
      industry: "Software",
      employees: { min: 120, max: 200 },
      revenueUsd: { min: 5 },
      provenance: { industry: { source: "apollo", at }, employees: { source: "site", at } },
    };
    const candidates = [{ value: { min: 7, max: 7 }, provenance: { source: "crm", at } }];
    expect(dataInWords({ company, candidates }, 1)).toBe(
      [
        "  company",
        "    industry: Software (apollo)",
        "    employees: 120–200 (site)",
        "    revenueUsd: 5 or more",
        "  candidates",
        "    1. value: 7",
        "       source: crm",
      ].join("\n"),
    );
  });

  it("never moves the cursor, whatever the data is", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
        const words = dataInWords(data as JsonObject) + updateInWords(data as JsonObject);
        expect(words).not.toMatch(/[^\P{Cc}\n]/u);
      }),
    );
  });
});

describe("updateInWords", () => {
  it("counts lists, rounds numbers, shortens texts and leaves out what is empty", () => {
    const update = {
      findings: [1, 2],
      confidence: 0.123_456,
      summary: "x".repeat(100),
      outcome: { kind: "booked" },
      records: { company: {} },
      questions: [],
      unsourced: 0,
    };
    expect(updateInWords(update)).toBe(
      `findings 2 · confidence 0.123 · summary ${"x".repeat(59)}… · outcome booked · records`,
    );
  });
});
