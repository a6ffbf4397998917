import type { IncomingMessage } from "node:http";
import { joinBytes } from "../join-bytes.js";
import { type BodyLimits, timedOut, tooLarge } from "../read-body.js";

/**
 * The whole body of a message. Where it is refused, what still comes is thrown away and the connection left as it is: the answer still
 * has to go by it.
 *
 * @throws `request.too_large`, `request.timed_out`.
 */
export async function collectBody(
  incoming: IncomingMessage,
  limits: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  if (incoming.destroyed) throw cut();
  // Mostly it is there by now: small ones come with their heads.
  if (!incoming.complete) return collectComing(incoming, limits);
  if (incoming.readableLength > limits.limitBytes) throw tooLarge(limits.limitBytes);
  const whole: Uint8Array | null = incoming.read();
  return whole ? new Uint8Array(whole) : new Uint8Array();
}

function collectComing(
  incoming: IncomingMessage,
  { limitBytes, limitMs, clock }: BodyLimits,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    let size = 0;
    const onData = (piece: Uint8Array) => {
      pieces.push(piece);
      size += piece.length;
      if (size > limitBytes) fail(tooLarge(limitBytes));
    };
    const onEnd = () => {
      letGo();
      resolve(joinBytes(pieces, size));
    };
    const onCut = () => fail(cut());
    const fail = (reason: unknown) => {
      letGo();
      reject(reason);
    };
    const timer = clock.schedule(limitMs, () => fail(timedOut(limitMs)));
    const letGo = () => {
      timer.cancel();
      incoming.off("data", onData).off("end", onEnd).off("close", onCut);
    };
    incoming.on("data", onData).on("end", onEnd).on("close", onCut);
  });
}

/** The body as it comes. Whoever stops reading it does not cut the connection, which the answer still has to take. */
export function streamBody(incoming: IncomingMessage): ReadableStream<Uint8Array<ArrayBuffer>> {
  let letGo = () => {};
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(controller) {
        incoming.pause();
        const onData = (chunk: Buffer) => {
          controller.enqueue(new Uint8Array(chunk));
          incoming.pause();
        };
        const onEnd = () => {
          letGo();
          controller.close();
        };
        const onCut = () => {
          letGo();
          controller.error(cut());
        };
        letGo = () => {
          incoming.off("data", onData).off("end", onEnd).off("close", onCut);
        };
        incoming.on("data", onData).on("end", onEnd).on("close", onCut);
      },
      pull: () => void incoming.resume(),
      cancel: () => letGo(),
    },
    { highWaterMark: 0 },
  );
}

const cut = () => new Error("The connection ended before the body did.");
