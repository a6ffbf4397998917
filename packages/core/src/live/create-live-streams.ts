import type { LiveStreams, LiveStreamsOptions } from "./live-streams.js";

/**
 * Streams of a storage, written and followed by this process.
 *
 * @throws RangeError naming the option that makes no sense.
 */
export function createLiveStreams(_options: LiveStreamsOptions): LiveStreams {
  throw new Error("createLiveStreams is on its way");
}
