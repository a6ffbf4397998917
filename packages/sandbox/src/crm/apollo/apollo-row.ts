import type { JsonValue } from "@salesagent/ports";

/** A record in Apollo's own words. Stamps are ISO 8601 in UTC with milliseconds. */
export interface ApolloRow {
  id: string;
  created_at: string;
  updated_at: string;
  [field: string]: JsonValue;
}

/** What of a record can be given; Apollo sets the rest. */
export type ApolloFields = Readonly<Record<string, JsonValue>>;
