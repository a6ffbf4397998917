import { type AnyTool, defineTool } from "@salesagent/core/tools";
import { z } from "zod";
import type { CrmMatch, CrmSearch } from "../../ports/crm-search.js";
import { domainSchema, emailSchema } from "./identity-schemas.js";

/** What `search_crm` tells a model. */
export interface SearchCrmOutput {
  readonly matches: readonly CrmMatch[];
}

interface SearchCrmInput {
  readonly kind: "contact" | "company";
  readonly text?: string | undefined;
  readonly email?: string | undefined;
  readonly domain?: string | undefined;
  readonly maxResults: number;
}

/**
 * The tool `search_crm`: records of the tenant whose run it is.
 *
 * @example
 * ```ts
 * searchCrm(memoryCrmSearch([{ kind: "company", id: "7", company }]));
 * ```
 */
export function searchCrm(crm: CrmSearch): AnyTool {
  return defineTool<SearchCrmInput, SearchCrmOutput>({
    name: "search_crm",
    description: "Finds contacts or companies in the CRM, by name, e-mail or domain.",
    input: z
      .object({
        kind: z.enum(["contact", "company"]),
        text: z.string().trim().min(1).max(200).optional().describe("A name, or words of one."),
        email: emailSchema.optional(),
        domain: domainSchema.optional(),
        maxResults: z.int().min(1).max(25).default(10),
      })
      .refine(
        ({ text, email, domain }) => (text ?? email ?? domain) !== undefined,
        "Give text, email or domain",
      ),
    effect: "read",
    run: async (query, { tenant, signal }) => ({ matches: await crm.search(query, { tenant, signal }) }),
  });
}
