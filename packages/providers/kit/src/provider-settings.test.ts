import { describe, expect, it } from "vitest";
import { checkModelId, resolveBaseUrl } from "./provider-settings.js";

describe("resolveBaseUrl", () => {
  it("takes slashes off the end", () => {
    expect(resolveBaseUrl("https://vendor.example/v1//")).toBe("https://vendor.example/v1");
  });

  it.each(["vendor.example", "ftp://vendor.example", "", "localhost:8000"])("refuses %j", (text) => {
    expect(() => resolveBaseUrl(text, "https://good.example")).toThrow(/https:\/\/good\.example/);
  });
});

describe("checkModelId", () => {
  it("refuses a blank id by the provider's name", () => {
    expect(() => checkModelId("acme", " ")).toThrow("acme");
    expect(() => checkModelId("acme", "m")).not.toThrow();
  });
});
