export type { CompanyEnricher, CompanyHints, Enrichment, PersonHints } from "@salesagent/ports";
