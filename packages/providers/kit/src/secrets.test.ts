import { describe, expect, it } from "vitest";
import { excerpt, scrub } from "./secrets.js";

describe("scrub", () => {
  it("takes every secret out, wherever it stands", () => {
    expect(scrub("key sk-1234 and sk-1234, token tok.9$", ["sk-1234", "tok.9$"])).toBe(
      "key [secret] and [secret], token [secret]",
    );
  });

  it("leaves text alone when there is nothing to hide, or nothing that could be a secret", () => {
    expect(scrub("a none b", [])).toBe("a none b");
    expect(scrub("abc", ["", "ab"])).toBe("abc");
  });
});

describe("excerpt", () => {
  it("gives one line", () => {
    expect(excerpt("  two\n\tlines \r\n here ", [])).toBe("two lines here");
  });

  it("cuts what is long, after the secrets are out", () => {
    expect(excerpt("x".repeat(400), [])).toHaveLength(300);
    expect(excerpt(`${"x".repeat(8)}sk-1234`, ["sk-1234"], 10)).toBe("xxxxxxxx[…");
  });
});
