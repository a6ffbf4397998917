import type { CompanyFields, ContactFields, LeadDraft } from "@salesagent/ports";
import { type FieldPath, FREE_TEXT_FIELDS, LONGEST_VALUE } from "../mapping/fields.js";
import type { ColumnProposal } from "../mapping/propose-mapping.js";
import { cleanCell } from "../normalise/clean-cell.js";
import { companyDomainOfEmail } from "../normalise/email.js";
import { foldText } from "../normalise/fold-text.js";
import { completePersonName } from "../normalise/person-name.js";
import { normalisePhone } from "../normalise/phone.js";
import { createFieldReaders, type DraftFields, type FieldReader, type RawPhone } from "./field-readers.js";
import { identityKeys } from "./identity-keys.js";
import { SharedProvenance } from "./provenance.js";

/** A value that did not become a field. It is kept in the lead's `custom`, under its column. */
export interface ValueWarning {
  readonly column: string;
  readonly field: FieldPath;
  /** What was wrong; never the value itself. */
  readonly message: string;
}

export type BuiltDraft =
  | { readonly lead: LeadDraft; readonly warnings: readonly ValueWarning[] }
  | { readonly lead?: never; readonly reason: string };

export interface DraftBuilderOptions {
  /** Where the lead comes from, such as `csv:leads.csv`. */
  readonly source: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  /** ISO alpha-2: how phone numbers in national form are meant when the row names no country. */
  readonly defaultCountry?: string | undefined;
}

interface FieldColumn {
  readonly column: string;
  readonly field: FieldPath;
  readonly read: FieldReader;
  /** In characters. */
  readonly longest: number;
}

/** Of a company's domain that is told by a person's address alone. */
const INFERRED_CONFIDENCE = 0.8;
const NO_WARNINGS: readonly ValueWarning[] = [];
const NO_IDENTITY =
  "nothing tells this lead from others: no company name, site or page, no e-mail, and no person with a company";

/** Turns the cells of rows into leads, by one mapping. */
export class DraftBuilder {
  /** By place: a field, the name under which to keep the cell, or nothing. */
  readonly #columns: readonly (FieldColumn | string | undefined)[];
  readonly #ofCompany: SharedProvenance<CompanyFields>;
  readonly #ofContact: SharedProvenance<ContactFields>;
  readonly #options: DraftBuilderOptions;

  constructor(mapping: readonly ColumnProposal[], options: DraftBuilderOptions) {
    const readers = createFieldReaders({ thisYear: Number(options.at.slice(0, 4)) });
    this.#columns = mapping.map(({ column, target }) => {
      if (target === "ignore") return undefined;
      if (target === "custom") return column;
      const longest = FREE_TEXT_FIELDS.has(target) ? Number.POSITIVE_INFINITY : LONGEST_VALUE;
      return { column, field: target, read: readers[target], longest };
    });
    this.#ofCompany = new SharedProvenance(options.source, options.at, INFERRED_CONFIDENCE);
    this.#ofContact = new SharedProvenance(options.source, options.at, INFERRED_CONFIDENCE);
    this.#options = options;
  }

  /** @param cells - As many as there are columns. */
  build(cells: readonly string[]): BuiltDraft {
    const draft: DraftFields = { company: {}, contact: {}, phones: {} };
    const custom: Record<string, string> = {};
    const warnings: ValueWarning[] = [];
    const columns = this.#columns;
    for (let index = 0; index < columns.length; index++) {
      const column = columns[index];
      const cell = cells[index];
      if (column === undefined || cell === undefined || cell === "") continue;
      const text = cleanCell(cell);
      if (text === "") continue;
      if (typeof column === "string") {
        custom[column] = text;
        continue;
      }
      const result = text.length > column.longest ? "unreadable" : column.read(draft, text, column.column);
      if (result === "taken") continue;
      custom[column.column] = text;
      if (result === "unreadable") warnings.push(unreadableValue(column.column, column.field));
    }
    const inferred = this.#complete(draft, custom, warnings);
    return this.#finished(draft, custom, warnings, inferred);
  }

  /** Settles what needs more than one cell. Returns whether the domain is only implied. */
  #complete(draft: DraftFields, custom: Record<string, string>, warnings: ValueWarning[]): boolean {
    const { company, contact, phones, sharedHost } = draft;
    if (sharedHost !== undefined && company.domain === undefined) {
      if (isOwnSite(company.name, sharedHost.domain)) company.domain = sharedHost.domain;
      else keep(custom, warnings, sharedHost, "company.domain", "is the address of a site that many share");
    }
    const name = completePersonName(contact);
    if (name.fullName !== undefined) Object.assign(contact, name);
    const country = contact.country ?? company.country ?? this.#options.defaultCountry;
    if (phones.company !== undefined) {
      const phone = normalisePhone(phones.company.text, company.country ?? this.#options.defaultCountry);
      if (phone === undefined) keepPhone(custom, warnings, phones.company, "company.phone");
      else company.phone = phone;
    }
    if (phones.contact !== undefined) {
      const phone = normalisePhone(phones.contact.text, country);
      if (phone === undefined) keepPhone(custom, warnings, phones.contact, "contact.phone");
      else contact.phone = phone;
    }
    const implied =
      company.domain === undefined && contact.email !== undefined
        ? companyDomainOfEmail(contact.email)
        : undefined;
    if (implied !== undefined) company.domain = implied;
    return implied !== undefined;
  }

  #finished(
    { company, contact }: DraftFields,
    custom: Record<string, string>,
    warnings: readonly ValueWarning[],
    inferred: boolean,
  ): BuiltDraft {
    const keys = identityKeys(company, contact);
    if (keys.length === 0) return { reason: NO_IDENTITY };
    const person = Object.keys(contact).length > 0;
    const companyProvenance = this.#ofCompany.of(company, inferred ? "domain" : undefined);
    return {
      lead: {
        company: Object.assign(company, { provenance: companyProvenance }),
        ...(person ? { contact: Object.assign(contact, { provenance: this.#ofContact.of(contact) }) } : {}),
        source: this.#options.source,
        custom,
        keys,
      },
      warnings: warnings.length === 0 ? NO_WARNINGS : warnings,
    };
  }
}

/** `github.com` is the site of the company GitHub, and of no other. */
function isOwnSite(name: string | undefined, domain: string): boolean {
  const label = domain.slice(0, domain.indexOf("."));
  return name !== undefined && foldText(name).replaceAll(" ", "").startsWith(label.replaceAll("-", ""));
}

function keepPhone(
  custom: Record<string, string>,
  warnings: ValueWarning[],
  phone: RawPhone,
  field: FieldPath,
): void {
  keep(
    custom,
    warnings,
    phone,
    field,
    "is no phone number with a country; pass `defaultCountry` for national numbers",
  );
}

function keep(
  custom: Record<string, string>,
  warnings: ValueWarning[],
  { column, text }: RawPhone,
  field: FieldPath,
  problem: string,
): void {
  custom[column] = text;
  warnings.push({ column, field, message: `the value of "${column}" ${problem}` });
}

function unreadableValue(column: string, field: FieldPath): ValueWarning {
  return { column, field, message: `the value of "${column}" can't be read as ${field}` };
}
