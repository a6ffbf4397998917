import { type AnyTool, defineTool } from "@salesagent/core/tools";
import { z } from "zod";
import { decodeText, isTextual } from "../../egress/decode-text.js";
import { type GuardOptions, resolveGuard } from "../../egress/guard-options.js";
import { guardedRequest } from "../../egress/guarded-request.js";
import { parseUrl } from "../parse-url.js";
import { type FoundTechnology, findTechnologies } from "./find-technologies.js";
import { readSigns } from "./page-signs.js";
import type { TechnologyRule } from "./technology-rule.js";
import { TECHNOLOGY_RULES } from "./technology-rules.js";

export interface AnalyzeTechStackOptions extends GuardOptions {
  /** Rules of your own, beside the built-in ones. */
  readonly rules?: readonly TechnologyRule[] | undefined;
  /** In milliseconds. @defaultValue 20_000 */
  readonly timeoutMs?: number | undefined;
}

/** What `analyze_tech_stack` tells a model. */
export interface TechStackOutput {
  /** The page that was read, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly technologies: readonly FoundTechnology[];
  /** True when the page is longer than what was read, so that more may be found in the rest. */
  readonly truncated: boolean;
}

const input = z.object({
  site: z.string().trim().min(3).max(2_000).describe("A domain or the URL of a page."),
});

/**
 * The tool `analyze_tech_stack`: the technologies that a site's page shows by its headers, cookies and HTML, with evidence for
 * each. Nothing of the page is run, so what its scripts load later is not seen.
 *
 * @example
 * ```ts
 * analyzeTechStack({ allowedHosts: "any", egress: nodeEgress() });
 * ```
 * @throws TypeError or RangeError naming the option. The tool itself: `http.blocked`, `service.…`.
 */
export function analyzeTechStack(options: AnalyzeTechStackOptions): AnyTool {
  const guard = resolveGuard({ maxBytes: 1_000_000, ...options }, "analyze_tech_stack");
  const rules = [...TECHNOLOGY_RULES, ...(options.rules ?? [])];
  return defineTool<z.infer<typeof input>, TechStackOutput>({
    name: "analyze_tech_stack",
    description:
      "Finds which technologies a website uses, such as its CMS, analytics, chat and CRM, with evidence.",
    input,
    effect: "read",
    timeoutMs: options.timeoutMs ?? 20_000,
    run: async ({ site }, { signal }) => {
      const url = parseUrl(site.includes("://") ? site : `https://${site}`);
      const headers = { accept: "text/html", "user-agent": "Mozilla/5.0 (compatible; salesagent)" };
      const page = await guardedRequest(
        { ...guard, reads: isTextual },
        { url, method: "GET", headers },
        signal,
      );
      const contentType = page.headers.get("content-type") ?? "";
      const html = page.bytes === undefined ? "" : decodeText(page.bytes, contentType, page.truncated);
      return {
        url: page.url.href,
        status: page.status,
        technologies: findTechnologies(readSigns(page.url, page.headers, html), rules),
        truncated: page.truncated,
      };
    },
  });
}
