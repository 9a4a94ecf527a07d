export { openQueueTrainer, type QueueTrainer, type QueueTrainerOptions } from "./train-on-queue.ts";
export { type TrainingWorkerEvent, type TrainingWorkerOptions, workOnTrainings } from "./work-on-trainings.ts";
