import { type AnyTool, defineTool } from "@salesagent/core/tools";
import type { Company, Contact } from "@salesagent/ports";
import { z } from "zod";
import type { CompanyEnricher } from "../../ports/company-enricher.js";
import { domainSchema, emailSchema, linkedinUrlSchema } from "./identity-schemas.js";

/** What `enrich_with_apollo` tells a model. */
export interface EnrichOutput {
  readonly provider: string;
  readonly company?: Company;
  readonly contact?: Contact;
  readonly credits?: number;
  /** What was asked for and is not known. */
  readonly unknown: readonly ("company" | "person")[];
}

const company = z
  .object({ domain: domainSchema.optional(), name: z.string().trim().min(1).max(200).optional() })
  .refine(({ domain, name }) => (domain ?? name) !== undefined, "Give the company's domain or name");

const person = z
  .object({
    email: emailSchema.optional(),
    linkedinUrl: linkedinUrlSchema.optional(),
    fullName: z.string().trim().min(1).max(200).optional(),
    domain: domainSchema.optional().describe("Of the company, beside fullName."),
  })
  .refine(
    ({ email, linkedinUrl, fullName, domain }) =>
      (email ?? linkedinUrl ?? (fullName && domain)) !== undefined,
    "Give an e-mail, a LinkedIn page, or the full name with the company's domain",
  );

const input = z
  .object({ company: company.optional(), person: person.optional() })
  .refine((given) => (given.company ?? given.person) !== undefined, "Give a company or a person");

/**
 * The tool `enrich_with_apollo`: what a data vendor knows of a company, a person, or both. Calls may cost credits.
 *
 * @example
 * ```ts
 * enrichWithApollo(memoryEnricher({ companies: [company] }));
 * ```
 */
export function enrichWithApollo(enricher: CompanyEnricher): AnyTool {
  return defineTool<z.infer<typeof input>, EnrichOutput>({
    name: "enrich_with_apollo",
    description:
      "Looks up what a data vendor knows of a company or a person: size, industry, title, address. May cost credits.",
    input,
    effect: "read",
    timeoutMs: 45_000,
    run: async (wanted, { tenant, signal }) => {
      const call = { tenant, signal };
      const [ofCompany, ofPerson] = await Promise.all([
        wanted.company ? enricher.company(wanted.company, call) : undefined,
        wanted.person ? enricher.person(wanted.person, call) : undefined,
      ]);
      const told = [ofCompany?.credits, ofPerson?.credits].filter((credits) => credits !== undefined);
      return {
        provider: enricher.provider,
        ...(ofCompany?.found ? { company: ofCompany.found } : {}),
        ...(ofPerson?.found ? { contact: ofPerson.found } : {}),
        ...(told.length > 0 ? { credits: told.reduce((sum, credits) => sum + credits, 0) } : {}),
        unknown: [
          ...(ofCompany && !ofCompany.found ? (["company"] as const) : []),
          ...(ofPerson && !ofPerson.found ? (["person"] as const) : []),
        ],
      };
    },
  });
}
