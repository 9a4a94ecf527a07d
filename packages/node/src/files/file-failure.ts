import { FileError, type NodeErrorCode } from "../errors.ts";

export type FileAction = "read" | "write";

/**
 * Turns a system error about a file into a FileError with a code, the path and what to do.
 *
 * Other errors pass through unchanged, so a caller may pass anything it caught.
 */
export function fileFailure(cause: unknown, path: string, action: FileAction): unknown {
  const systemCode = systemCodeOf(cause);
  if (systemCode === undefined || cause instanceof FileError) return cause;
  const { code, message, hint } = explain(systemCode, action);
  return new FileError(code, { at: { source: path }, message, hint, cause });
}

/** The name of a system error, such as ENOENT; `undefined` for any other value. */
export function systemCodeOf(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !("code" in cause) || typeof cause.code !== "string") return undefined;
  return /^E[A-Z0-9]+$/.test(cause.code) ? cause.code : undefined;
}

interface Explanation {
  readonly code: NodeErrorCode;
  readonly message: string;
  readonly hint?: string;
}

function explain(systemCode: string, action: FileAction): Explanation {
  switch (systemCode) {
    case "ENOENT":
      return action === "read"
        ? { code: "FILE_MISSING", message: "there is no such file", hint: "check the name and the folder you are in" }
        : { code: "FILE_MISSING", message: "the folder to write into does not exist", hint: "create the folder first" };
    case "EACCES":
    case "EPERM":
      return {
        code: "FILE_DENIED",
        message: `no permission to ${action} this file`,
        hint:
          action === "read" ? "check who may read the file and its folders" : "check who may write to the file and its folder",
      };
    case "EROFS":
      return { code: "FILE_DENIED", message: "the file system is read-only", hint: "write to another folder" };
    case "EISDIR":
      return { code: "FILE_IS_FOLDER", message: "expected a file, found a folder", hint: "name a file inside the folder" };
    case "ENOTDIR":
      return { code: "FILE_IS_FOLDER", message: "a part of this path is a file, not a folder", hint: "check the path" };
    case "ENOSPC":
    case "EDQUOT":
      return {
        code: "DISK_FULL",
        message: "no space is left to write this file",
        hint: "free some space, or write to another disk; files written earlier are complete",
      };
    case "EMFILE":
    case "ENFILE":
      return { code: "FILE_UNUSABLE", message: "too many files are open", hint: "raise the limit of open files (ulimit -n)" };
    default:
      return { code: "FILE_UNUSABLE", message: `the system could not ${action} this file and reports ${systemCode}` };
  }
}
