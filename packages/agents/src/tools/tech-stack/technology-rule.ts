/** What a technology is for. */
export type TechnologyCategory =
  | "advertising"
  | "analytics"
  | "chat"
  | "cms"
  | "cookie consent"
  | "crm"
  | "ecommerce"
  | "forms"
  | "framework"
  | "hosting"
  | "marketing automation"
  | "monitoring"
  | "payments"
  | "scheduling"
  | "server"
  | "support";

/** How a technology shows itself on a page. Each list is of signs any one of which is enough. */
export interface TechnologyRule {
  readonly name: string;
  readonly category: TechnologyCategory;
  /** Header name in lower case, and what its value holds. */
  readonly headers?: readonly (readonly [name: string, value: RegExp])[];
  /** Names of cookies that the server sets. */
  readonly cookies?: readonly RegExp[];
  /** Addresses of scripts, styles and frames: the end of a host with the beginning of a path, or a path. */
  readonly sources?: readonly string[];
  /** The content of `<meta name="generator">`. */
  readonly generator?: RegExp;
  /** Words that stand in the HTML itself. */
  readonly html?: readonly string[];
}
