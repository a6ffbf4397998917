import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SalesAgentError } from "../error.js";
import type { JobRequest } from "../job-engine.js";
import {
  fromPayloadText,
  resolveDrain,
  resolveWork,
  retryWaitMs,
  toJobError,
  toNormalJob,
  toPayloadText,
} from "./index.js";

const job: JobRequest = { queue: "mail", tenant: "acme", payload: null };

describe("toNormalJob", () => {
  it("fills in what is left out", () => {
    const expected = {
      queue: "mail",
      tenant: "acme",
      payloadText: "null",
      priority: 0,
      delayMs: 0,
      key: undefined,
    };
    expect(toNormalJob(job)).toEqual(expected);
  });

  it.each<[string, Partial<Record<keyof JobRequest, unknown>>]>([
    ["queue", { queue: "" }],
    ["queue", { queue: "_inner" }],
    ["queue", { queue: "a b" }],
    ["queue", { queue: "q".repeat(101) }],
    ["queue", { queue: 7 }],
    ["tenant", { tenant: "" }],
    ["tenant", { tenant: "a\0" }],
    ["tenant", { tenant: undefined }],
    ["key", { key: "" }],
    ["key", { key: "k".repeat(401) }],
    ["key", { key: "a\nb" }],
    ["priority", { priority: 0.5 }],
    ["priority", { priority: 2 ** 31 }],
    ["delayMs", { delayMs: -1 }],
    ["delayMs", { delayMs: Number.NaN }],
    ["delayMs", { delayMs: Number.POSITIVE_INFINITY }],
    ["payload", { payload: undefined }],
    ["payload", { payload: "x".repeat(16_000_000) }],
    ["payload.at[1]", { payload: { at: [1, new Date(0)] } }],
    ["payload.count", { payload: { count: 10n } }],
    ["payload.share", { payload: { share: Number.NaN } }],
  ])("names %s in what it refuses: %#", (field, change) => {
    expect(() => toNormalJob({ ...job, ...change } as JobRequest)).toThrow(
      expect.objectContaining({ code: "job.invalid", facts: expect.objectContaining({ field }) }),
    );
  });

  it("refuses a payload that refers to itself", () => {
    const loop: Record<string, unknown> = {};
    loop["self"] = loop;
    expect(() => toNormalJob({ ...job, payload: loop as JobRequest["payload"] })).toThrow(/nested deeper/);
  });
});

describe("payload texts", () => {
  it("come back as the JSON that they were, NUL characters and half surrogates too", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: "binary" }), (payload) => {
        const text = toPayloadText("mail", "payload", payload as JobRequest["payload"]);
        expect(text).not.toContain("\0");
        expect(fromPayloadText(text)).toEqual(JSON.parse(JSON.stringify(payload)));
      }),
    );
    const odd = { "\0": "\ud800", b: 1, a: { ["__proto__"]: 1 } };
    expect(JSON.stringify(fromPayloadText(toPayloadText("mail", "payload", odd)))).toBe(JSON.stringify(odd));
  });
});

describe("retryWaitMs", () => {
  it("doubles, adds up to a half, and ends at an hour", () => {
    const waits = (random: number) =>
      [1, 2, 3, 13, 500].map((attempt) => retryWaitMs(attempt, 1000, () => random));
    expect(waits(0)).toEqual([1000, 2000, 4000, 3_600_000, 3_600_000]);
    expect(waits(0.5)).toEqual([1250, 2500, 5000, 4_500_000, 4_500_000]);
    expect(retryWaitMs(3, 7_200_000, () => 0)).toBe(7_200_000);
    expect(retryWaitMs(9, 0, () => 0.9)).toBe(0);
  });
});

describe("toJobError", () => {
  it("keeps the code of the family, and says what else was thrown", () => {
    const known = new SalesAgentError("call.timed_out", {
      message: "too slow",
      facts: { name: "mail", limitMs: 1 },
      replay: "unsafe",
    });
    expect(toJobError(known)).toEqual({ code: "call.timed_out", message: "too slow" });
    expect(toJobError(new TypeError("no mail\0"))).toEqual({
      code: "internal",
      message: "TypeError: no mail\uFFFD",
    });
    expect(toJobError(undefined).message).toBe("The handler threw undefined, which is not an error.");
    expect(toJobError(Object.create(null)).message).toBe(
      "The handler threw an object, which is not an error.",
    );
    expect(toJobError(new Error("x".repeat(9000))).message.length).toBe(2000);
  });
});

describe("options", () => {
  it.each([
    { retries: -1 },
    { retries: 0.5 },
    { backoffMs: -1 },
    { timeoutMs: 0 },
    { concurrency: 0 },
    { concurrency: 1001 },
  ])("of work are refused by name: %j", (options) => {
    expect(() => resolveWork(options)).toThrow(new RegExp(`^options.${Object.keys(options)[0]} must be`));
    expect(() => resolveWork(options)).toThrow(RangeError);
  });

  it("of drain are refused by name", () => {
    expect(() => resolveDrain({ timeoutMs: Number.NaN })).toThrow(/^options.timeoutMs/);
    expect(resolveDrain()).toBe(30_000);
  });
});
