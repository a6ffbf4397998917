import { SalesAgentError } from "@salesagent/ports";

export function unknownStream(streamId: string): SalesAgentError<"stream.unknown"> {
  return new SalesAgentError("stream.unknown", {
    message: `There is no stream ${streamId} for this tenant: it never was, or its time to be kept is over.`,
    facts: { streamId },
    replay: "safe",
  });
}

export function fencedStream(streamId: string, fence: number): SalesAgentError<"flow.fenced"> {
  return new SalesAgentError("flow.fenced", {
    message: `The stream ${streamId} is written by somebody else now. What its writer of fence ${fence} told last is not kept.`,
    facts: { runId: streamId, fence },
    replay: "unsafe",
  });
}

export function endedStream(streamId: string): SalesAgentError<"flow.wrong_state"> {
  return new SalesAgentError("flow.wrong_state", {
    message: `The stream ${streamId} has ended: nothing can be told in it any more.`,
    facts: { runId: streamId, status: "ended" },
    replay: "unsafe",
  });
}

export function stopAsked(
  streamId: string,
  { by, reason }: { readonly by: string; readonly reason: string },
): SalesAgentError<"graph.stopped"> {
  return new SalesAgentError("graph.stopped", {
    message: `The end of the stream ${streamId} was asked for by ${by}: ${reason}`,
    facts: { runId: streamId, by, reason },
    replay: "unsafe",
  });
}

export function overrun(streamId: string, limitEvents: number): SalesAgentError<"stream.overrun"> {
  return new SalesAgentError("stream.overrun", {
    message: `More than ${limitEvents} events of the stream ${streamId} waited for the storage: the rest of what was told is missing.`,
    facts: { streamId, limitEvents },
    replay: "unsafe",
  });
}

/** Why nothing is read or written here any more. */
export const closedHere = (): DOMException =>
  new DOMException("The streams of this process were closed.", "AbortError");

/** Whether the store may answer if it is asked again. */
export const isAway = (error: unknown): boolean => SalesAgentError.is(error, "store.unavailable");
