import type { TechnologyRule } from "./technology-rule.js";

/** What a site is made with, and where it runs. */
export const PLATFORM_RULES: readonly TechnologyRule[] = [
  {
    name: "Next.js",
    category: "framework",
    sources: ["/_next/static/"],
    headers: [["x-powered-by", /^Next\.js/i]],
    html: ['id="__NEXT_DATA__"'],
  },
  {
    name: "Nuxt",
    category: "framework",
    sources: ["/_nuxt/"],
    html: ["window.__NUXT__", 'id="__NUXT_DATA__"'],
  },
  { name: "Gatsby", category: "framework", generator: /^Gatsby/i, html: ['id="___gatsby"'] },
  {
    name: "Astro",
    category: "framework",
    generator: /^Astro/i,
    sources: ["/_astro/"],
    html: ["<astro-island"],
  },
  { name: "Angular", category: "framework", html: ["ng-version="] },
  { name: "SvelteKit", category: "framework", sources: ["/_app/immutable/"] },
  { name: "jQuery", category: "framework", sources: ["/jquery.min.js", "/jquery.js", "code.jquery.com/"] },
  {
    name: "Bootstrap",
    category: "framework",
    sources: ["/bootstrap.min.css", "/bootstrap.min.js", "/bootstrap.bundle.min.js"],
  },
  { name: "Ruby on Rails", category: "framework", html: ['name="csrf-param" content="authenticity_token"'] },
  { name: "Laravel", category: "framework", cookies: [/^laravel_session$/] },
  { name: "Django", category: "framework", html: ['name="csrfmiddlewaretoken"'] },
  {
    name: "ASP.NET",
    category: "framework",
    headers: [
      ["x-aspnet-version", /./],
      ["x-powered-by", /^ASP\.NET/i],
    ],
    cookies: [/^ASP\.NET_SessionId$/, /^\.AspNetCore\./],
    html: ['name="__VIEWSTATE"'],
  },
  { name: "PHP", category: "framework", headers: [["x-powered-by", /^PHP/i]], cookies: [/^PHPSESSID$/] },
  { name: "Express", category: "framework", headers: [["x-powered-by", /^Express/i]] },
  {
    name: "Cloudflare",
    category: "hosting",
    headers: [
      ["cf-ray", /./],
      ["server", /^cloudflare/i],
    ],
  },
  {
    name: "Vercel",
    category: "hosting",
    headers: [
      ["x-vercel-id", /./],
      ["server", /^Vercel/i],
    ],
  },
  {
    name: "Netlify",
    category: "hosting",
    headers: [
      ["x-nf-request-id", /./],
      ["server", /^Netlify/i],
    ],
  },
  {
    name: "Amazon CloudFront",
    category: "hosting",
    headers: [
      ["x-amz-cf-id", /./],
      ["via", /cloudfront\.net/i],
    ],
  },
  { name: "Amazon S3", category: "hosting", headers: [["server", /^AmazonS3/i]] },
  {
    name: "Fastly",
    category: "hosting",
    headers: [
      ["x-fastly-request-id", /./],
      ["x-served-by", /^cache-/i],
    ],
  },
  {
    name: "Akamai",
    category: "hosting",
    headers: [
      ["server", /^AkamaiGHost/i],
      ["x-akamai-transformed", /./],
    ],
  },
  {
    name: "Heroku",
    category: "hosting",
    headers: [
      ["via", /vegur|heroku/i],
      ["nel", /heroku-nel/i],
    ],
  },
  { name: "nginx", category: "server", headers: [["server", /^nginx/i]] },
  { name: "Apache", category: "server", headers: [["server", /^Apache/i]] },
  { name: "Microsoft IIS", category: "server", headers: [["server", /^Microsoft-IIS/i]] },
  { name: "Sentry", category: "monitoring", sources: ["browser.sentry-cdn.com/", "js.sentry-cdn.com/"] },
  { name: "New Relic", category: "monitoring", sources: ["js-agent.newrelic.com/"], html: ["NREUM.info"] },
  {
    name: "Datadog",
    category: "monitoring",
    sources: ["datadoghq-browser-agent.com/"],
    html: ["DD_RUM.init("],
  },
];
