import type { TechnologyRule } from "./technology-rule.js";

/** Sites and shops. */
export const SITE_RULES: readonly TechnologyRule[] = [
  {
    name: "WordPress",
    category: "cms",
    generator: /^WordPress/i,
    sources: ["/wp-content/", "/wp-includes/"],
    headers: [["link", /rel="https:\/\/api\.w\.org\/"/]],
  },
  {
    name: "WooCommerce",
    category: "ecommerce",
    generator: /^WooCommerce/i,
    sources: ["/wp-content/plugins/woocommerce/"],
    cookies: [/^woocommerce_/],
  },
  {
    name: "Elementor",
    category: "cms",
    generator: /^Elementor/i,
    sources: ["/wp-content/plugins/elementor/"],
  },
  {
    name: "Drupal",
    category: "cms",
    generator: /^Drupal/i,
    headers: [
      ["x-generator", /^Drupal/i],
      ["x-drupal-cache", /./],
    ],
    html: ["data-drupal-selector="],
  },
  { name: "Joomla", category: "cms", generator: /^Joomla/i },
  { name: "Ghost", category: "cms", generator: /^Ghost/i },
  {
    name: "Webflow",
    category: "cms",
    generator: /^Webflow/i,
    sources: ["assets.website-files.com/", "cdn.prod.website-files.com/"],
    html: ["data-wf-site="],
  },
  {
    name: "Squarespace",
    category: "cms",
    sources: ["static1.squarespace.com/", "assets.squarespace.com/"],
    headers: [["server", /^Squarespace/i]],
  },
  {
    name: "Wix",
    category: "cms",
    generator: /^Wix\.com/i,
    sources: ["static.parastorage.com/", "static.wixstatic.com/"],
    headers: [["x-wix-request-id", /./]],
  },
  { name: "Framer", category: "cms", generator: /^Framer/i, sources: ["framerusercontent.com/"] },
  {
    name: "Contentful",
    category: "cms",
    sources: ["assets.ctfassets.net/"],
    html: ["images.ctfassets.net/"],
  },
  {
    name: "Shopify",
    category: "ecommerce",
    sources: ["cdn.shopify.com/"],
    headers: [
      ["x-shopid", /./],
      ["x-shopify-stage", /./],
      ["powered-by", /^Shopify/i],
    ],
    cookies: [/^_shopify_/],
    html: ["Shopify.theme"],
  },
  {
    name: "Magento",
    category: "ecommerce",
    sources: ["/static/frontend/Magento/"],
    headers: [
      ["x-magento-tags", /./],
      ["x-magento-vary", /./],
    ],
    html: ["text/x-magento-init"],
  },
  {
    name: "BigCommerce",
    category: "ecommerce",
    sources: ["bigcommerce.com/"],
    cookies: [/^SHOP_SESSION_TOKEN$/],
  },
  { name: "Stripe", category: "payments", sources: ["js.stripe.com/"], cookies: [/^__stripe_mid$/] },
  { name: "PayPal", category: "payments", sources: ["paypal.com/sdk/js", "paypalobjects.com/"] },
];
