import { describe, expect, it } from "vitest";
import { requestUrl, resolveBaseUrl, routeOf, urlPath } from "./request-url.js";

const base = resolveBaseUrl("https://api.example.com/v1/");

describe("requestUrl", () => {
  it.each<[string, string]>([
    ["/contact/", "https://api.example.com/v1/contact/"],
    ["contact", "https://api.example.com/v1/contact"],
    ["//evil.test/x", "https://api.example.com/v1/evil.test/x"],
    ["", "https://api.example.com/v1"],
    ["/", "https://api.example.com/v1/"],
    ["/list?after=a%20b#part", "https://api.example.com/v1/list?after=a%20b"],
    ["/a b/ü", "https://api.example.com/v1/a%20b/%C3%BC"],
    ["https://api.example.com/other/next?page=2", "https://api.example.com/other/next?page=2"],
  ])("joins %j", (path, url) => {
    expect(requestUrl(base, path).href).toBe(url);
  });

  it("repeats keys, keeps brackets, and leaves out what is undefined", () => {
    const query = { id: ["1", "2"], "titles[]": ["CEO", "a&b"], page: 1, all: true, none: undefined };
    expect(requestUrl(base, "/search?x=1", query).search).toBe(
      "?x=1&id=1&id=2&titles%5B%5D=CEO&titles%5B%5D=a%26b&page=1&all=true",
    );
  });

  it.each(["/../admin", "/a/./b", "/a/%2e%2E/b", "..\\admin"])(
    "refuses %j, which leaves the base",
    (path) => {
      expect(() => requestUrl(base, path)).toThrow(TypeError);
    },
  );

  it.each([
    "https://other.test/x",
    "http://api.example.com/x",
    "https://user@api.example.com/",
    "file:///etc",
  ])("refuses %j, where credentials would go elsewhere", (path) => {
    expect(() => requestUrl(base, path)).toThrow(/anonymous/);
  });

  it("goes elsewhere without credentials, but by https only", () => {
    expect(requestUrl(base, "https://files.test/x?sig=1", {}, true).href).toBe("https://files.test/x?sig=1");
    expect(() => requestUrl(base, "http://files.test/x", {}, true)).toThrow(/https/);
  });

  it("refuses values that are none", () => {
    expect(() => requestUrl(base, "/", { page: Number.NaN })).toThrow(/query\.page/);
  });
});

describe("resolveBaseUrl", () => {
  it.each(["api.example.com", "ftp://x.test", "https://x.test/?a=1", "https://u:p@x.test"])(
    "refuses %j",
    (url) => {
      expect(() => resolveBaseUrl(url)).toThrow(/baseUrl/);
    },
  );
});

describe("urlPath", () => {
  it("encodes what varies", () => {
    expect(urlPath`/contact/${"a/b?c#d e@f"}/note/${7}/`).toBe("/contact/a%2Fb%3Fc%23d%20e%40f/note/7/");
  });

  it.each(["", ".", ".."])("refuses %j, which would name another resource", (part) => {
    expect(() => urlPath`/contact/${part}/`).toThrow(TypeError);
  });
});

describe("routeOf", () => {
  it.each([
    ["/contact/cont_wxNTUGvZ/", "/v1/contact/{}/"],
    ["/crm/objects/2026-09/contacts/ada%40x.test?idProperty=email", "/v1/crm/objects/2026-09/contacts/{}"],
    ["/crm/v3/objects/0-3/512/batch/read", "/v1/crm/v3/objects/{}/{}/batch/read"],
  ])("leaves ids and queries of %j out", (path, route) => {
    expect(routeOf(requestUrl(base, path))).toBe(route);
  });
});
