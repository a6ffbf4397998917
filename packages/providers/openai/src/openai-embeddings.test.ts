import { describe, expect, it } from "vitest";
import { jsonReply, scriptedFetch } from "../../openai-compatible/src/testing/scripted-fetch.js";
import { openaiEmbeddings } from "./index.js";

describe("openaiEmbeddings", () => {
  it("asks for base64 with the account's headers, at a known price", async () => {
    const embedding = Buffer.from(Float32Array.of(0.5).buffer).toString("base64");
    const { fetch, sent } = scriptedFetch(
      jsonReply({ data: [{ index: 0, embedding }], usage: { prompt_tokens: 50 } }),
    );
    const model = openaiEmbeddings("text-embedding-3-small", { apiKey: "sk-1", project: "proj-1", fetch });
    const { vectors, costUsd } = await model.embed(["a"]);
    expect(vectors).toEqual([Float32Array.of(0.5)]);
    expect(costUsd).toBe(0.000001);
    expect(sent[0]?.url).toBe("https://api.openai.com/v1/embeddings");
    expect(sent[0]?.body["encoding_format"]).toBe("base64");
    expect(sent[0]?.headers.get("openai-project")).toBe("proj-1");
    expect(model.maxInputs).toBe(2_048);
  });
});
