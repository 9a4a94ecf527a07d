export { prepareKernels } from "./prepare-kernels.ts";
export { receivedError, type SentError, sentError } from "./sent-error.ts";
export { threadExecutor } from "./thread-executor.ts";
