export type { Input, Io, Output } from "./io.js";
export { main } from "./main.js";
