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

/**
 * Readers by server-sent events, with the client of the package. A connection that is lost is the client's own affair.
 *
 * @param {import("@salesagent/client").SalesClient} client
 * @param {import("@salesagent/client").FollowOptions["onConnection"]} [onConnection]
 * @returns {Transport}
 */
export const overHttp = (client, onConnection) =>
  async function* follow(streamId, { after, signal }) {
    let last = after;
    for await (const { seq, type, data } of client.streams.follow(streamId, {
      after,
      signal,
      onConnection,
    })) {
      // The client's own word for the end has no number of its own.
      if (seq === last && type === "end") return;
      last = seq;
      yield { seq, type, data };
    }
  };
