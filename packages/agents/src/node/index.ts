export { type NodeEgressOptions, nodeEgress, type ResolvedAddress } from "./node-egress.js";
export { type SmtpOptions, smtp } from "./smtp.js";
