/** A stream of one tenant, and what it is found by among those of all. */
export interface StreamName {
  readonly key: string;
  readonly tenant: string;
  readonly id: string;
}

/** Neither a tenant nor an id has a line break. */
export const streamName = (tenant: string, id: string): StreamName => ({
  key: `${tenant}\n${id}`,
  tenant,
  id,
});
