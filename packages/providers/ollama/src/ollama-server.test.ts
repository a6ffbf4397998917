import { SalesAgentError } from "@salesagent/ports";
import { describe, expect, it } from "vitest";
import { checkBaseUrl, readOllamaHost, resolveServer } from "./ollama-server.js";

describe("readOllamaHost", () => {
  it.each([
    ["localhost", "http://localhost:11434"],
    ["0.0.0.0", "http://127.0.0.1:11434"],
    ["0.0.0.0:11434", "http://127.0.0.1:11434"],
    [":8080", "http://localhost:8080"],
    ["", "http://localhost:11434"],
    ["gpu-box", "http://gpu-box:11434"],
    ["gpu-box:80", "http://gpu-box"],
    ["gpu-box/base/", "http://gpu-box:11434/base"],
    ["http://gpu-box", "http://gpu-box"],
    ["http://gpu-box:11434/", "http://gpu-box:11434"],
    ["https://ollama.example", "https://ollama.example"],
    ["HTTPS://ollama.example:8443/x", "https://ollama.example:8443/x"],
    ["http://localhost:11434/api", "http://localhost:11434"],
    ["http://localhost:11434/v1/", "http://localhost:11434"],
    ["[::1]", "http://[::1]:11434"],
    ["[::1]:9000", "http://[::1]:9000"],
    ["::1", "http://[::1]:11434"],
    ["[::]:11434", "http://[::1]:11434"],
    [' "127.0.0.1:11434" ', "http://127.0.0.1:11434"],
  ])("reads %j as %s", (text, baseUrl) => {
    expect(readOllamaHost(text)).toEqual({ baseUrl, cloud: false });
  });

  it.each(["https://ollama.com", "ollama.com", "https://ollama.com/api"])("knows the cloud in %s", (text) => {
    expect(readOllamaHost(text)?.cloud).toBe(true);
  });

  it.each(["ftp://gpu-box", "gpu box", "http://", "http://a:port", "/only/a/path", "me:secret@gpu-box"])(
    "is nothing for %j",
    (text) => {
      expect(readOllamaHost(text)).toBeUndefined();
    },
  );
});

describe("resolveServer", () => {
  it("takes what was given, then the variable, then this machine", () => {
    const env = { OLLAMA_HOST: "gpu-box" };
    expect(resolveServer("other:1", env).baseUrl).toBe("http://other:1");
    expect(resolveServer(undefined, env).baseUrl).toBe("http://gpu-box:11434");
    expect(resolveServer(undefined, {}).baseUrl).toBe("http://localhost:11434");
  });

  it("says which of the two is wrong", () => {
    expect(() => checkBaseUrl("ftp://x")).toThrow(TypeError);
    expect(() => checkBaseUrl(undefined)).not.toThrow();
    try {
      resolveServer(undefined, { OLLAMA_HOST: "gpu box" });
      expect.unreachable();
    } catch (error) {
      expect(SalesAgentError.is(error, "config.invalid")).toBe(true);
      expect(String(error)).toContain("OLLAMA_HOST");
    }
  });
});
