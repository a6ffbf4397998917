export type { CompanyEnricher, CompanyHints, Enrichment, PersonHints } from "./company-enricher.js";
export type { Position, Profile, ProfileReader } from "./profile-reader.js";
export type { TenantCall } from "./tenant-call.js";
