import type { Company } from "../records/company.js";
import type { Contact } from "../records/contact.js";
import type { TenantCall } from "./tenant-call.js";

/** A post that somebody held, or holds. */
export interface Position {
  readonly title: string;
  readonly company: string;
  /** `YYYY-MM` or `YYYY`. */
  readonly from?: string;
  /** Absent while it is held. */
  readonly until?: string;
}

/** What a profile page says. */
export type Profile =
  | {
      readonly kind: "person";
      readonly contact: Contact;
      readonly headline?: string;
      readonly about?: string;
      readonly positions: readonly Position[];
    }
  | { readonly kind: "company"; readonly company: Company; readonly about?: string };

/** What reads public profiles of people and companies, such as through a browser provider. */
export interface ProfileReader {
  readonly port: "profile-reader/1";
  /** Such as `linkedin`. */
  readonly provider: string;
  /**
   * @param url - A profile's address in its normal form: `https://www.linkedin.com/in/ada-byron`.
   * @returns Nothing when there is no such profile, or it is not public.
   */
  read(url: string, call: TenantCall): Promise<Profile | undefined>;
}
