import type { TechnologyRule } from "./technology-rule.js";

/** Analytics and advertising. */
export const ANALYTICS_RULES: readonly TechnologyRule[] = [
  {
    name: "Google Analytics",
    category: "analytics",
    sources: ["google-analytics.com/", "googletagmanager.com/gtag/"],
    html: ["gtag('config', 'G-", 'gtag("config", "G-'],
  },
  {
    name: "Google Tag Manager",
    category: "analytics",
    sources: ["googletagmanager.com/gtm.js", "googletagmanager.com/ns.html"],
    html: ["googletagmanager.com/gtm.js?id="],
  },
  {
    name: "Segment",
    category: "analytics",
    sources: ["cdn.segment.com/"],
    html: ["cdn.segment.com/analytics.js"],
  },
  {
    name: "Mixpanel",
    category: "analytics",
    sources: ["cdn.mxpnl.com/", "cdn4.mxpnl.com/"],
    html: ["mixpanel.init("],
  },
  {
    name: "Amplitude",
    category: "analytics",
    sources: ["cdn.amplitude.com/"],
    html: ["amplitude.getInstance("],
  },
  { name: "PostHog", category: "analytics", sources: ["i.posthog.com/"], html: ["posthog.init("] },
  {
    name: "Heap",
    category: "analytics",
    sources: ["cdn.heapanalytics.com/", "heapanalytics.com/js/"],
    html: ["heap.load("],
  },
  { name: "Plausible", category: "analytics", sources: ["plausible.io/js/"] },
  {
    name: "Matomo",
    category: "analytics",
    sources: ["/matomo.js", "cdn.matomo.cloud/"],
    cookies: [/^_pk_id/],
    html: ["_paq.push("],
  },
  {
    name: "Hotjar",
    category: "analytics",
    sources: ["static.hotjar.com/"],
    html: ["static.hotjar.com/c/hotjar-"],
  },
  {
    name: "FullStory",
    category: "analytics",
    sources: ["fullstory.com/s/fs.js"],
    html: ["window['_fs_org']"],
  },
  {
    name: "Microsoft Clarity",
    category: "analytics",
    sources: ["www.clarity.ms/"],
    html: ["www.clarity.ms/tag/"],
  },
  { name: "Optimizely", category: "analytics", sources: ["cdn.optimizely.com/"] },
  {
    name: "Meta Pixel",
    category: "advertising",
    sources: ["connect.facebook.net/"],
    html: ["fbq('init'", 'fbq("init"'],
  },
  {
    name: "LinkedIn Insight Tag",
    category: "advertising",
    sources: ["snap.licdn.com/"],
    html: ["_linkedin_partner_id"],
  },
  {
    name: "Google Ads",
    category: "advertising",
    sources: ["googleads.g.doubleclick.net/", "googleadservices.com/"],
    html: ["gtag('config', 'AW-", 'gtag("config", "AW-'],
  },
  { name: "Clearbit", category: "advertising", sources: ["tag.clearbitscripts.com/", "x.clearbitjs.com/"] },
  { name: "6sense", category: "advertising", sources: ["j.6sc.co/"] },
  { name: "ZoomInfo", category: "advertising", sources: ["ws.zoominfo.com/", "js.zi-scripts.com/"] },
];
