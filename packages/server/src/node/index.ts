export { type AttachedSockets, attachSockets, type SocketOptions } from "../socket/attach-sockets.js";
export { type Listening, type ListenOptions, listen } from "./listen.js";
export { requestListener } from "./request-listener.js";
