import { describe, expect, it } from "vitest";
import { postJson } from "./post-json.js";

describe("postJson", () => {
  it("lets later headers win whatever their case, and follows no redirect", async () => {
    const calls: { input: unknown; init: RequestInit | undefined }[] = [];
    const { signal } = new AbortController();
    await postJson(
      "https://vendor.example/x",
      { a: 1 },
      {
        fetch: async (input, init) => {
          calls.push({ input, init });
          return new Response();
        },
        headers: [{ "x-key": "ours", "User-Agent": "mine" }, undefined, { "X-Key": "theirs" }],
        signal,
      },
    );
    expect(calls).toEqual([
      {
        input: "https://vendor.example/x",
        init: {
          method: "POST",
          headers: { "content-type": "application/json", "user-agent": "mine", "x-key": "theirs" },
          body: '{"a":1}',
          signal,
          redirect: "error",
        },
      },
    ]);
  });
});
