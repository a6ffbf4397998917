import { expect, it } from "vitest";
import { registrableDomain } from "./public-suffixes.js";

it.each([
  ["figma.com", "figma.com"],
  ["a.b.figma.com", "figma.com"],
  ["news.bbc.co.uk", "bbc.co.uk"],
  ["bbc.co.uk", "bbc.co.uk"],
  ["co.uk", undefined],
  ["shop.example.com.au", "example.com.au"],
  ["acme.github.io", "acme.github.io"],
  ["www2.acme.myshopify.com", "acme.myshopify.com"],
  ["myshopify.com", undefined],
  ["x.de", "x.de"],
])("%s belongs to %s", (host, domain) => {
  expect(registrableDomain(host)).toBe(domain);
});
