import * as z from "zod";
import { routes } from "../routes.ts";
import type { Contract } from "./contract.ts";

const status = z.object({ status: z.string() });

/** The routes for probes and Prometheus. */
export const operationContracts = {
  health: { ...routes.health, tag: "operation", summary: "whether the process answers", responses: { 200: status } },
  readiness: {
    ...routes.readiness,
    tag: "operation",
    summary: "whether the server accepts requests",
    responses: { 200: status },
  },
  metrics: {
    ...routes.metrics,
    tag: "operation",
    summary: "metrics for Prometheus",
    media: { answer: ["text/plain"] },
  },
} as const satisfies Record<string, Contract>;
