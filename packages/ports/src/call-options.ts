/** What every call of a port takes. */
export interface CallOptions {
  /** Ends the call; its promises then reject with the signal's own reason, within one turn. */
  readonly signal?: AbortSignal | undefined;
}
