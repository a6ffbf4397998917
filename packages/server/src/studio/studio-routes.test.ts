import { gzipSync } from "node:zlib";
import { PERMISSIONS, permissionsOf } from "@salesagent/core/access";
import { createSalesAgent } from "@salesagent/core/app";
import { memoryStorage } from "@salesagent/storage-memory";
import { describe, expect, it } from "vitest";
import { createServer } from "../create-server.js";
import type { ServerOptions } from "../server-options.js";
import { asTold } from "../testing/open-table.js";

function open(options: Partial<ServerOptions> = {}) {
  const sales = createSalesAgent({ storage: memoryStorage() });
  const server = createServer({ sales, authorize: asTold, studio: true, ...options });
  const ask = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    server.fetch(new Request(`https://app.example.com${path}`, { headers }));
  return { server, ask };
}

const FILES = ["/studio", "/studio/", "/studio/studio.js", "/studio/studio.css", "/studio/icon.svg"];

describe("Studio's files", () => {
  it("are served to anybody, since they hold no data", async () => {
    const { ask } = open();
    const types = await Promise.all(FILES.map(async (path) => (await ask(path)).headers.get("content-type")));
    expect(types).toEqual(
      ["html", "html", "javascript", "css"]
        .map((type) => `text/${type}; charset=utf-8`)
        .concat("image/svg+xml; charset=utf-8"),
    );
  });

  it.each(FILES)("%s allow nothing from elsewhere, nothing inline, and no frame", async (path) => {
    const { headers } = await open().ask(path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'; trusted-types 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });

  it("ask for nothing that is not below the prefix", async () => {
    const page = await (await open({ prefix: "/sales/" }).ask("/sales/studio")).text();
    const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(2);
    expect(addresses.filter((address) => !address?.startsWith("/sales/studio/"))).toEqual([]);
    expect(page).not.toMatch(/<script(?![^>]* src=)|style=|\son\w+=/);
    const { ask } = open();
    const text =
      (await (await ask("/studio/studio.js")).text()) + (await (await ask("/studio/studio.css")).text());
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/);
    expect(text).not.toMatch(/@import|url\(/);
    const outside = [...text.matchAll(/https?:\/\/[\w.]+/g)].map(([address]) => address);
    expect(outside.filter((address) => address !== "http://www.w3.org")).toEqual([]);
  });

  it("are not sent again to whoever has them", async () => {
    const { ask } = open();
    const { headers } = await ask("/studio/studio.js");
    const again = await ask("/studio/studio.js", { "if-none-match": headers.get("etag") ?? "" });
    expect([again.status, await again.text()]).toEqual([304, ""]);
  });

  it("are small: 60 KB as browsers load them", async () => {
    const { ask } = open();
    const bodies = await Promise.all(FILES.slice(1).map(async (path) => (await ask(path)).text()));
    const sizes = bodies.map((body) => gzipSync(body).length);
    expect(sizes.every((size) => size > 100)).toBe(true);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(60_000);
  });

  it("are not there unless the host wishes for them", async () => {
    const { ask, server } = open({ studio: false });
    for (const path of [...FILES, "/studio/session"]) expect((await ask(path)).status).toBe(404);
    expect(JSON.stringify(server.openapi())).not.toContain("/studio");
  });
});

describe("Studio's session", () => {
  it("tells who looks, and what they may do", async () => {
    const { ask } = open();
    const whole = await (await ask("/studio/session", { "x-as": "acme/user:1/viewer" })).json();
    expect(whole).toEqual({ id: "user:1", role: "viewer", permissions: [...permissionsOf("viewer")] });
    const scoped = await ask("/studio/session", { "x-as": "acme/user:1/owner/leads:read,runs:cancel" });
    expect(await scoped.json()).toMatchObject({ permissions: ["leads:read", "runs:cancel"] });
    const owner = await ask("/studio/session", { "x-as": "acme/user:1/owner" });
    expect(await owner.json()).toMatchObject({ permissions: PERMISSIONS });
  });

  it("is nobody's without a principal", async () => {
    const response = await open().ask("/studio/session");
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "access.unauthenticated" });
  });
});
