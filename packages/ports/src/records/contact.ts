import type { FieldProvenance } from "./provenance.js";

/** How far up a person stands. */
export type Seniority = "owner" | "executive" | "director" | "manager" | "individual";

/** What may be known of a person. Every field is in its normal form; what is not known is absent. */
export interface ContactFields {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly fullName?: string;
  /** Lower case. */
  readonly email?: string;
  /** E.164. */
  readonly phone?: string;
  readonly title?: string;
  readonly seniority?: Seniority;
  readonly department?: string;
  readonly linkedinUrl?: string;
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country?: string;
  /** IANA name, such as `Europe/Paris`. */
  readonly timeZone?: string;
}

/** A person, with the source of each field. */
export interface Contact extends ContactFields {
  readonly provenance: FieldProvenance<ContactFields>;
}
