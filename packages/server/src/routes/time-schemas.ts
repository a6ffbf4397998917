import { z } from "zod";

/** A moment, given in ISO 8601 in UTC; written out in full, so that texts compare as times do. */
export const instantSchema = z.iso.datetime().transform((text) => new Date(text).toISOString());

/** An ISO date, UTC. */
export const daySchema = z.iso.date();
