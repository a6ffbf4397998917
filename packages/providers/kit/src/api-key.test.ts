import { describe, expect, it, vi } from "vitest";
import { type ApiKeySource, resolveApiKey } from "./api-key.js";

const source: ApiKeySource = {
  provider: "acme",
  modelId: "one",
  apiKey: undefined,
  variables: ["ACME_API_KEY", "ACME_KEY"],
  env: {},
};

describe("resolveApiKey", () => {
  it("takes the key that was given before any variable", async () => {
    const env = { ACME_API_KEY: "sk-env" };
    expect(await resolveApiKey({ ...source, apiKey: "sk-given", env })).toBe("sk-given");
  });

  it("asks a function for the key of each call", async () => {
    const apiKey = vi.fn(async () => "sk-vault");
    expect(await resolveApiKey({ ...source, apiKey })).toBe("sk-vault");
    expect(await resolveApiKey({ ...source, apiKey })).toBe("sk-vault");
    expect(apiKey).toHaveBeenCalledTimes(2);
  });

  it("takes the first variable that is set and not empty", async () => {
    expect(await resolveApiKey({ ...source, env: { ACME_API_KEY: "", ACME_KEY: "sk-second" } })).toBe(
      "sk-second",
    );
  });

  it("reads the process's environment where no other is given", async () => {
    vi.stubEnv("ACME_API_KEY", "sk-process");
    const { env: _, ...plain } = source;
    try {
      expect(await resolveApiKey(plain)).toBe("sk-process");
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it("says what to pass and what to set when there is none", async () => {
    await expect(resolveApiKey(source)).rejects.toMatchObject({
      code: "model.auth",
      message: "No API key for acme: pass `apiKey` or set ACME_API_KEY.",
      facts: { provider: "acme", modelId: "one" },
    });
    await expect(resolveApiKey({ ...source, apiKey: "" })).rejects.toMatchObject({ code: "model.auth" });
    await expect(resolveApiKey({ ...source, variables: [] })).rejects.toThrow("pass `apiKey`.");
  });

  it("lets a missing key be where none is needed", async () => {
    expect(await resolveApiKey({ ...source, required: false })).toBeUndefined();
  });

  it.each(["sk 1234", "sk-1234\n", "Bearer sk-1234", "sk-ключ", "“sk-1234”", "   "])(
    "refuses %j without telling it",
    async (apiKey) => {
      const failure: unknown = await resolveApiKey({ ...source, apiKey }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "model.auth" });
      expect(String(failure)).toMatch(/malformed/);
      expect(String(failure)).not.toContain(apiKey.trim() || "\u0000");
    },
  );
});
