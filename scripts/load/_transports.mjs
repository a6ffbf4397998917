/** Ways by which a reader gets the events of a stream. The suites know nothing else of how they come. */

/**
 * Gives the events after a number, in order, and ends with the stream. It may break off at any time: then it throws, and the reader
 * comes back.
 *
 * @typedef {(streamId: string, options: { after: number, signal: AbortSignal }) => AsyncIterable<import("@salesagent/ports").StoredStreamEvent>} Transport
 */

/**
 * Readers in the process of the app.
 *
 * @param {import("@salesagent/core/live").LiveStreams} streams
 * @param {string} tenant
 * @returns {Transport}
 */
export const inProcess =
  (streams, tenant) =>
  (streamId, { after, signal }) =>
    streams.follow(tenant, streamId, { after, signal });
