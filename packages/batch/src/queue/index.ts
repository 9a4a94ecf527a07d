export { type JobQueue, type JobState, type NewJob, openQueue, type QueueCounts, type QueueOptions } from "./job-queue.ts";
export { parseQueueUrl } from "./queue-url.ts";
export type { JobHandler, QueueWorker, TakenJob, WorkOptions } from "./queue-worker.ts";
