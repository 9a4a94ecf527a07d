import * as z from "zod";
import { routes } from "../routes.ts";
import type { Contract } from "./contract.ts";

const status = z.object({ status: z.string() });

export const operationContracts = {
  health: { ...routes.health, tag: "operation", summary: "whether the process answers", responses: { 200: status } },
  readiness: { ...routes.readiness, tag: "operation", summary: "whether requests are taken", responses: { 200: status } },
  metrics: {
    ...routes.metrics,
    tag: "operation",
    summary: "counts and times, for Prometheus",
    media: { answer: ["text/plain"] },
  },
} as const satisfies Record<string, Contract>;
