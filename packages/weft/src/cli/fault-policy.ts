import { UsageError } from "@weft-nlp/node/errors";

/** What happens at records that cannot be read, as `extractFiles` takes it. */
interface FaultPolicy {
  readonly onError: "stop" | "skip";
  readonly quarantine: string | undefined;
}

/** Joins `--on-error` and `--quarantine`. @throws {UsageError} if they contradict each other */
export function faultPolicyOf(onError: "stop" | "skip" | "quarantine" | undefined, quarantine: string | undefined): FaultPolicy {
  if (quarantine === "-") throw new UsageError("--quarantine needs a file", "standard output holds the documents");
  if (quarantine === undefined) {
    if (onError === "quarantine") throw new UsageError("--on-error quarantine needs a file", "name it: --quarantine bad.jsonl");
    return { onError: onError ?? "stop", quarantine };
  }
  if (onError === "stop" || onError === "skip") {
    throw new UsageError(`--on-error ${onError} contradicts --quarantine`, "omit one of the two options");
  }
  return { onError: "skip", quarantine };
}
