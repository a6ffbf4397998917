import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { loadSdk } from "./load-sdk.js";

describe("loadSdk", () => {
  it("brings what was loaded", async () => {
    expect(await loadSdk("vendor-sdk", async () => ({ default: 7 }))).toEqual({ default: 7 });
  });

  it.each(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"])(
    "says how to install what is missing (%s)",
    async (code) => {
      const load = async () => {
        throw Object.assign(new Error("Cannot find package"), { code });
      };
      const failure = await loadSdk("vendor-sdk", load).catch((error: unknown) => error);
      expect(SalesAgentError.is(failure, "config.invalid")).toBe(true);
      expect(String(failure)).toContain("npm install vendor-sdk");
    },
  );

  it("passes any other failure on", async () => {
    const broken = new SyntaxError("bad SDK");
    const load = async () => {
      throw broken;
    };
    await expect(loadSdk("vendor-sdk", load)).rejects.toBe(broken);
  });
});
