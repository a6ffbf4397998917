import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { webEgress } from "../../egress/web-egress.js";
import { callTool } from "../../testing/call-tool.js";
import { analyzeTechStack } from "./analyze-tech-stack.js";
import { findTechnologies } from "./find-technologies.js";
import { readSigns } from "./page-signs.js";
import { TECHNOLOGY_RULES } from "./technology-rules.js";

const page = `<!doctype html><html><head>
<meta content="WordPress 6.5" name="generator">
<link rel=stylesheet href=/wp-content/themes/x/style.css>
<script async src="//js.hs-scripts.com/123.js"></script>
<SCRIPT SRC='https://www.googletagmanager.com/gtm.js?id=GTM-1'></SCRIPT>
<script data-x="a>b" src="https://evil.test/js.stripe.com/v3/"></script>
</head><body>We compare Drift and Intercom.</body></html>`;

const find = (html: string, headers: Record<string, string> = {}) =>
  findTechnologies(readSigns(new URL("https://x.test/"), new Headers(headers), html), TECHNOLOGY_RULES);

describe("analyze_tech_stack", () => {
  it("names what a page shows, with evidence", async () => {
    const headers = new Headers({ "content-type": "text/html", server: "nginx/1.25", "cf-ray": "8a" });
    headers.append("set-cookie", "PHPSESSID=visitor-secret; path=/");
    const egress = webEgress({ fetch: () => Promise.resolve(new Response(page, { headers })) });
    const outcome = await callTool(analyzeTechStack({ allowedHosts: ["x.test"], egress }), {
      site: "x.test",
    });

    expect(outcome.output).toEqual({
      url: "https://x.test/",
      status: 200,
      truncated: false,
      technologies: [
        {
          name: "Google Tag Manager",
          category: "analytics",
          evidence: [
            "source https://www.googletagmanager.com/gtm.js",
            "HTML googletagmanager.com/gtm.js?id=",
          ],
        },
        {
          name: "HubSpot",
          category: "marketing automation",
          evidence: ["source https://js.hs-scripts.com/123.js"],
        },
        {
          name: "WordPress",
          category: "cms",
          evidence: ["generator WordPress 6.5", "source https://x.test/wp-content/themes/x/style.css"],
        },
        { name: "PHP", category: "framework", evidence: ["cookie PHPSESSID"] },
        { name: "Cloudflare", category: "hosting", evidence: ["header cf-ray: 8a"] },
        { name: "nginx", category: "server", evidence: ["header server: nginx/1.25"] },
      ],
    });
    expect(JSON.stringify(outcome)).not.toContain("visitor-secret");
  });

  it("does not take a path for a host, or words for a script", () => {
    const names = find(page).map(({ name }) => name);
    for (const name of ["Stripe", "Drift", "Intercom"]) expect(names).not.toContain(name);
  });

  it("knows some sixty technologies, each by a name of its own", () => {
    const names = TECHNOLOGY_RULES.map(({ name }) => name);
    expect(names.length).toBeGreaterThanOrEqual(60);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(
    TECHNOLOGY_RULES.flatMap((rule) =>
      (rule.sources ?? []).map((source) => {
        const path = source.includes("/") ? source : `x.test/${source}`;
        return [rule.name, source.startsWith("/") ? `https://x.test${source}a` : `https://${path}`] as const;
      }),
    ),
  )("finds %s by %s", (name, url) => {
    expect(find(`<script src="${url}"></script>`).map((found) => found.name)).toContain(name);
  });

  it("finds the same in the case of tags and the order of attributes", () => {
    expect(
      find('<IFRAME title="x" SRC="https://www.googletagmanager.com/ns.html?id=1">').map(({ name }) => name),
    ).toEqual(["Google Tag Manager"]);
  });

  it("takes rules of the host", async () => {
    const egress = webEgress({ fetch: () => Promise.resolve(new Response("<html data-acme>")) });
    const rules = [{ name: "Acme", category: "crm", html: ["data-acme"] }] as const;
    const outcome = await callTool(analyzeTechStack({ allowedHosts: ["x.test"], egress, rules }), {
      site: "x.test",
    });
    expect(outcome.output).toMatchObject({ technologies: [{ name: "Acme" }] });
  });

  it("says when a page was longer than what was read", async () => {
    const egress = webEgress({ fetch: () => Promise.resolve(new Response(page + " ".repeat(2_000))) });
    const tool = analyzeTechStack({ allowedHosts: ["x.test"], egress, maxBytes: 1_000 });
    expect((await callTool(tool, { site: "https://x.test/a" })).output).toMatchObject({ truncated: true });
  });

  it("goes no further than it may", async () => {
    const tool = analyzeTechStack({ allowedHosts: ["x.test"] });
    expect(await callTool(tool, { site: "http://169.254.169.254/" })).toMatchObject({
      errorCode: "http.blocked",
    });
  });

  it("reads whatever a page holds, in time that grows with its length alone", () => {
    const parts = fc.constantFrom(
      "<script ",
      "src=",
      '"',
      "'",
      ">",
      "<",
      "meta name=generator",
      "=",
      " ",
      "a",
      "\u0000",
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 300 }), (pieces) => {
        expect(Array.isArray(find(pieces.join("")))).toBe(true);
      }),
    );
    const pieces = ["<script ", '<script "', "<script a='", "<script =\"'", "a", "src ", "src= "];
    for (const piece of pieces) find(`<script ${piece.repeat(100_000)}`);
  });
});
