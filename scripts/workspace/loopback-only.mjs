/** Loaded before the code of a document runs: it may open connections to this machine, and to nothing else. */
import { Socket } from "node:net";

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/;
const connect = Socket.prototype.connect;

/** @param {any[]} args */
Socket.prototype.connect = function connectToLoopback(...args) {
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const host = typeof options === "object" ? options.host : args[1];
  const isLocal = typeof options?.path === "string" || host === undefined || loopback.test(host);
  if (!isLocal) throw new Error(`Code in documents reaches this machine only, not ${host}.`);
  return Reflect.apply(connect, this, args);
};
