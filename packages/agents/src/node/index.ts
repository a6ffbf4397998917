export { type NodeEgressOptions, nodeEgress, type ResolvedAddress } from "./node-egress.js";
