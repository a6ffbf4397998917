export type { BrowserLimits } from "./browser-routes.js";
export type { BrowserSocket } from "./browser-socket.js";
export type { LinkedinApp } from "./linkedin-routes.js";
export { type LinkedinSandbox, type LinkedinSandboxOptions, linkedinSandbox } from "./linkedin-sandbox.js";
export type { LinkedinMember, LinkedinPage, LinkedinWorld } from "./linkedin-world.js";
