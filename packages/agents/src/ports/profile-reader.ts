export type { Position, Profile, ProfileReader } from "@salesagent/ports";
