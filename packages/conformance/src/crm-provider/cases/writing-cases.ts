import type { CrmCase } from "../crm-case.js";
import { changingCases } from "./changing-cases.js";
import { fieldCases } from "./field-cases.js";
import { linkCases } from "./link-cases.js";
import { removingCases } from "./removing-cases.js";

export const writingCases: readonly CrmCase[] = [
  ...fieldCases,
  ...changingCases,
  ...linkCases,
  ...removingCases,
];
