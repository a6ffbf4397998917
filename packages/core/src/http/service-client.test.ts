import { describe, expect, it } from "vitest";
import { createServiceClient } from "./service-client.js";

describe("createServiceClient", () => {
  it("asks for JSON with the key and gives the answer's value", async () => {
    const seen: [string, RequestInit | undefined][] = [];
    const client = createServiceClient({
      service: "close",
      baseUrl: "https://api.close.com/api/v1/",
      auth: { type: "basic", username: "api_key_of_close" },
      fetch: async (url, init) => {
        seen.push([String(url), init]);
        return Response.json({ id: "cont_1" });
      },
    });
    const answer = await client.get("/contact/cont_1/", { query: { _fields: ["id", "name"], "x[]": 1 } });
    expect(answer.body()).toEqual({ id: "cont_1" });
    expect(seen[0]?.[0]).toBe(
      "https://api.close.com/api/v1/contact/cont_1/?_fields=id&_fields=name&x%5B%5D=1",
    );
    expect(new Headers(seen[0]?.[1]?.headers).get("authorization")).toBe(
      `Basic ${btoa("api_key_of_close:")}`,
    );
  });
});
