import type { RouteName } from "../routes.ts";
import type { Contract } from "./contract.ts";
import { correctionContracts } from "./correction-contracts.ts";
import { dataContracts } from "./data-contracts.ts";
import { extractionContracts } from "./extraction-contracts.ts";
import { modelContracts } from "./model-contracts.ts";
import { operationContracts } from "./operation-contracts.ts";
import { runContracts } from "./run-contracts.ts";
import { tripleContracts } from "./triple-contracts.ts";

/** The contract of every route, by its name in `routes`. */
export const contracts = {
  ...extractionContracts,
  ...modelContracts,
  ...tripleContracts,
  ...operationContracts,
  ...runContracts,
  ...dataContracts,
  ...correctionContracts,
} as const satisfies Record<RouteName, Contract>;

export type { Contract } from "./contract.ts";
export * from "./correction-contracts.ts";
export * from "./data-contracts.ts";
export * from "./document-schema.ts";
export { errorAnswer, place } from "./error-answer.ts";
export * from "./extraction-contracts.ts";
export * from "./model-contracts.ts";
export * from "./run-contracts.ts";
export { tripleFormat, triplesRequest } from "./triple-contracts.ts";
