import type { CompanyFields } from "@salesagent/ports";
import type {
  Criterion,
  IdealCustomerProfile,
  OneOfCriterion,
  RangeCriterion,
} from "../../profile/ideal-customer-profile.js";
import { compileProfile } from "../compile-profile.js";

export const size: RangeCriterion = {
  kind: "range",
  name: "size",
  label: "Head count",
  field: "company.employees",
  min: 50,
  max: 500,
  falloff: 20,
  weight: 50,
};
export const market: OneOfCriterion = {
  kind: "one-of",
  name: "market",
  field: "company.country",
  values: ["EU"],
  weight: 30,
};
export const industry: OneOfCriterion = {
  kind: "one-of",
  name: "industry",
  field: "company.industry",
  values: ["Software"],
  weight: 20,
};
export const listed: OneOfCriterion = {
  kind: "one-of",
  name: "listed",
  field: "company.status",
  values: ["public"],
  negative: true,
  weight: 25,
};
export const closed: OneOfCriterion = {
  kind: "one-of",
  name: "closed",
  label: "Closed down",
  field: "company.status",
  values: ["inactive"],
  exclude: true,
};

/** A profile of these criteria alone. */
export const profileOf = (...criteria: Criterion[]): IdealCustomerProfile => ({ name: "P", criteria });
/** Scores a company against a profile. */
export const score = (given: IdealCustomerProfile, company: CompanyFields) =>
  compileProfile(given).score({ company });
