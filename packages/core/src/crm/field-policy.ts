/**
 * What happens to a field that was changed on both sides since they last agreed.
 *
 * - `last-write-wins`: the later change is taken; within the tolerance of the clocks the CRM's.
 * - `crm-wins`, `app-wins`: as they say.
 * - `fill-empty`: a value is only put where there is none; two values stay as they are.
 * - `review`: neither is taken; a person decides.
 * - `union`: lists: what either side added is there, what either side removed is not; other values as `last-write-wins`.
 */
export type FieldPolicy = "last-write-wins" | "crm-wins" | "app-wins" | "fill-empty" | "review" | "union";

/** How one field is kept in step. */
export interface FieldRule {
  /** @defaultValue "last-write-wins" */
  readonly policy?: FieldPolicy | undefined;
  /** Which way its changes go. @defaultValue "both" */
  readonly direction?: "both" | "to-app" | "to-crm" | undefined;
}
