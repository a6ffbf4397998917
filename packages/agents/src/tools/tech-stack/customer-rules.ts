import type { TechnologyRule } from "./technology-rule.js";

/** What is for customers: records, mail, forms, meetings, chat. */
export const CUSTOMER_RULES: readonly TechnologyRule[] = [
  {
    name: "HubSpot",
    category: "marketing automation",
    sources: ["js.hs-scripts.com/", "js.hsforms.net/", "js.hs-analytics.net/"],
    generator: /^HubSpot/i,
    cookies: [/^hubspotutk$/],
    headers: [["x-hs-hub-id", /./]],
  },
  {
    name: "Marketo",
    category: "marketing automation",
    sources: ["munchkin.marketo.net/", "munchkin.js"],
    cookies: [/^_mkto_trk$/],
  },
  {
    name: "Pardot",
    category: "marketing automation",
    sources: ["pi.pardot.com/"],
    cookies: [/^visitor_id\d+$/, /^pardot$/],
  },
  {
    name: "Salesforce",
    category: "crm",
    sources: ["force.com/embeddedservice/", "service.force.com/"],
    html: ["webto.salesforce.com/servlet/servlet.WebToLead"],
  },
  {
    name: "ActiveCampaign",
    category: "marketing automation",
    sources: ["activehosted.com/", "diffuser-cdn.app-us1.com/"],
  },
  {
    name: "Mailchimp",
    category: "marketing automation",
    sources: ["chimpstatic.com/"],
    html: [".list-manage.com/subscribe/"],
  },
  {
    name: "Klaviyo",
    category: "marketing automation",
    sources: ["static.klaviyo.com/"],
    cookies: [/^__kla_id$/],
  },
  { name: "Customer.io", category: "marketing automation", sources: ["assets.customer.io/"] },
  { name: "Typeform", category: "forms", sources: ["embed.typeform.com/"], html: [".typeform.com/to/"] },
  {
    name: "Calendly",
    category: "scheduling",
    sources: ["assets.calendly.com/"],
    html: ["https://calendly.com/"],
  },
  { name: "Chili Piper", category: "scheduling", sources: ["js.chilipiper.com/"] },
  {
    name: "Intercom",
    category: "chat",
    sources: ["widget.intercom.io/", "js.intercomcdn.com/"],
    html: ["widget.intercom.io/widget/"],
    cookies: [/^intercom-(id|session)-/],
  },
  { name: "Drift", category: "chat", sources: ["js.driftt.com/"], html: ["drift.load("] },
  { name: "Crisp", category: "chat", sources: ["client.crisp.chat/"], html: ["CRISP_WEBSITE_ID"] },
  { name: "Tawk.to", category: "chat", sources: ["embed.tawk.to/"], html: ["embed.tawk.to/"] },
  {
    name: "LiveChat",
    category: "chat",
    sources: ["cdn.livechatinc.com/"],
    html: ["cdn.livechatinc.com/tracking.js"],
  },
  { name: "Zendesk", category: "support", sources: ["static.zdassets.com/"] },
  {
    name: "Freshworks",
    category: "support",
    sources: ["wchat.freshchat.com/", "widget.freshworks.com/", "fw-cdn.com/"],
  },
  { name: "OneTrust", category: "cookie consent", sources: ["cdn.cookielaw.org/", "onetrust.com/"] },
  { name: "Cookiebot", category: "cookie consent", sources: ["consent.cookiebot.com/"] },
];
