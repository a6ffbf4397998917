import { describe, expect, it } from "vitest";
import type { ClientOptions } from "./client-options.js";
import { createClient } from "./create-client.js";

describe("options of a client", () => {
  it("names the one that is wrong", () => {
    const wrong: [unknown, string][] = [
      [undefined, "createClient: `url` must be"],
      [{}, "createClient: `url` must be"],
      [
        { url: "sales" },
        '`url` must be an http(s) URL or a path such as "/sales", without a query; it is "sales"',
      ],
      [{ url: "//evil.example" }, "`url`"],
      [{ url: "ftp://app.example" }, "`url`"],
      [{ url: "javascript:alert(1)" }, "`url`"],
      [{ url: "/sales?x=1" }, "`url`"],
      [{ url: "/sales", header: {} }, 'createClient: no option is named "header".'],
      [{ url: "/sales", headers: "x" }, "`headers`"],
      [{ url: "/sales", fetch: "x" }, "`fetch`"],
      [{ url: "/sales", timeoutMs: 0 }, "`timeoutMs`"],
      [{ url: "/sales", idleMs: Number.NaN }, "`idleMs`"],
      [{ url: "/sales", clock: {} }, "`clock`"],
      [{ url: "/sales", random: 4 }, "`random`"],
    ];
    for (const [options, message] of wrong) {
      const make = () => createClient(options as ClientOptions);
      expect(make).toThrow(TypeError);
      expect(make).toThrow(message);
    }
  });

  it("takes a URL with a path, and a path", () => {
    for (const url of ["https://app.example/sales/", "http://[::1]:3000", "/sales", "/"])
      createClient({ url });
  });
});
