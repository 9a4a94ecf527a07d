export { allowRelaxedSimd } from "./relaxed-simd.ts";
export { receivedError, type SentError, sentError } from "./sent-error.ts";
export { threadExecutor } from "./thread-executor.ts";
