import { normaliseCountry, normaliseEmail, normalisePhone, readWebAddress } from "@salesagent/intake";
import { z } from "zod";
import { idSchema, jsonObjectSchema, jsonSchema, timeSchema } from "./shared-schemas.js";

export const stageSchema = z.enum(["new", "qualified", "disqualified", "contacted", "won", "lost"]);

/** A text that is brought to its normal form, or refused. */
function normal(read: (text: string) => string | undefined, meant: string) {
  return z
    .string()
    .max(2_000)
    .transform((text, context) => {
      const value = read(text.trim());
      if (value === undefined)
        context.issues.push({ code: "custom", message: `must be ${meant}`, input: text });
      return value ?? z.NEVER;
    });
}

const line = z.string().trim().min(1).max(500);
const lines = z.array(line).max(200);
const amount = z.number().min(0).max(1e15);
const range = z
  .strictObject({ min: amount, max: amount.optional() })
  .refine(({ min, max }) => max === undefined || max >= min, {
    path: ["max"],
    message: "must not be less than min",
  });
const country = normal(normaliseCountry, "a country, such as US or Germany");
const phone = normal(
  (text) => normalisePhone(text, undefined),
  "a phone number with its country, such as +49 30 901820",
);
const page = normal((text) => (readWebAddress(text) ? text : undefined), "an address of the web");

const companyFields = {
  domain: normal(
    (text) => readWebAddress(text)?.domain,
    "a company's own domain, such as figma.com",
  ).optional(),
  website: page.optional(),
  profileUrl: page.optional(),
  linkedinUrl: page.optional(),
  industry: line.optional(),
  subIndustries: lines.optional(),
  description: z.string().max(20_000).optional(),
  keywords: lines.optional(),
  country: country.optional(),
  region: line.optional(),
  city: line.optional(),
  address: line.optional(),
  employees: range.optional(),
  foundedYear: z.number().int().min(1000).max(3000).optional(),
  revenueUsd: range.optional(),
  fundingUsd: amount.optional(),
  fundingStage: line.optional(),
  technologies: lines.optional(),
  status: z.enum(["active", "inactive", "acquired", "public"]).optional(),
  phone: phone.optional(),
};

const contactFields = {
  firstName: line.optional(),
  lastName: line.optional(),
  fullName: line.optional(),
  email: normal(normaliseEmail, "an e-mail address").optional(),
  phone: phone.optional(),
  title: line.optional(),
  seniority: z.enum(["owner", "executive", "director", "manager", "individual"]).optional(),
  department: line.optional(),
  linkedinUrl: page.optional(),
  country: country.optional(),
  timeZone: line.optional(),
};

/** A lead in a few words: a company by name, and what else is known of it. */
export const leadFactsSchema = z
  .strictObject({
    company: line.describe("The company's name."),
    ...companyFields,
    contact: z.strictObject(contactFields).optional(),
    custom: jsonObjectSchema.optional(),
    source: line.max(200).optional().describe("Where it comes from. Whoever asks, unless told."),
  })
  .meta({ id: "LeadFacts" });

export type LeadFactsGiven = z.output<typeof leadFactsSchema>;

export const qualifyBody = z.union([
  leadFactsSchema,
  z.strictObject({ leadId: idSchema }).describe("A stored lead."),
  z.strictObject({
    leads: z
      .array(z.union([leadFactsSchema, z.strictObject({ leadId: idSchema })]))
      .min(1)
      .max(100),
  }),
]);

const provenance = z.record(z.string(), z.looseObject({ source: z.string(), at: timeSchema }));

const leadSchema = z.object({
  id: z.string(),
  company: z.looseObject({ name: z.string().optional(), provenance }),
  contact: z.looseObject({ provenance }).optional(),
  stage: stageSchema,
  source: z.string(),
  custom: jsonObjectSchema,
  keys: z.array(z.string()).describe("What makes two leads one."),
  revision: z.string(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
});

export const foundLeadSchema = z
  .object({
    ...leadSchema.shape,
    qualification: z
      .object({
        score: z.number().optional().describe("0–100."),
        tier: z.string().optional(),
        createdAt: timeSchema,
      })
      .optional()
      .describe("The newest, in short; absent where nobody has qualified the lead."),
  })
  .meta({ id: "Lead" });

const resultSchema = z
  .object({
    id: z.string(),
    kind: z.enum(["qualification", "enrichment"]),
    leadId: z.string(),
    runId: z.string().optional(),
    score: z.number().optional(),
    tier: z.string().optional(),
    data: jsonObjectSchema.describe("The whole result, in the shape of the agent's output."),
    createdAt: timeSchema,
  })
  .meta({ id: "Result" });

export const leadWithResultsSchema = z
  .object({
    ...leadSchema.shape,
    results: z.array(resultSchema).describe("The latest of each kind."),
  })
  .meta({ id: "LeadWithResults" });

const qualifiedShape = {
  lead: z.object({
    id: z.string(),
    status: z
      .enum(["stored", "known"])
      .describe("`known`: a lead of one of its keys stood already, and stands as it was."),
  }),
  runId: z.string(),
  result: jsonSchema.describe("Score, tier, reasons, evidence, engine and cost."),
};

export const qualifiedSchema = z.object(qualifiedShape).meta({ id: "Qualified" });

export const qualifiedManySchema = z
  .object({
    items: z
      .array(
        z.union([
          z.object(qualifiedShape),
          z.object({
            lead: qualifiedShape.lead.optional(),
            error: z.object({ code: z.string(), message: z.string() }),
          }),
        ]),
      )
      .describe("One for each lead, in their order."),
  })
  .meta({ id: "QualifiedMany" });

export const importSchema = z
  .object({
    importId: z.string(),
    source: z.string(),
    rows: z.number().int(),
    imported: z.number().int(),
    duplicates: z.number().int(),
    rejected: z.number().int(),
    rejectedRows: z
      .array(z.object({ row: z.number().int(), reason: z.string() }))
      .describe("The first 1,000 of them."),
    mapping: z.array(z.looseObject({ column: z.string(), target: z.string() })),
    warnings: z.array(z.object({ message: z.string(), row: z.number().int().optional() })),
  })
  .meta({ id: "Import" });
