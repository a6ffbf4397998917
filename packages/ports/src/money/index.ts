export { fromNanoUsd, toNanoUsd } from "./nano-usd.js";
export { priceNanoUsd } from "./price.js";
