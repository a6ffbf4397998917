import { ANALYTICS_RULES } from "./analytics-rules.js";
import { CUSTOMER_RULES } from "./customer-rules.js";
import { PLATFORM_RULES } from "./platform-rules.js";
import { SITE_RULES } from "./site-rules.js";
import type { TechnologyRule } from "./technology-rule.js";

/** Technologies that a seller asks about, by what their own documentation tells sites to embed or send. */
export const TECHNOLOGY_RULES: readonly TechnologyRule[] = [
  ...ANALYTICS_RULES,
  ...CUSTOMER_RULES,
  ...SITE_RULES,
  ...PLATFORM_RULES,
];
