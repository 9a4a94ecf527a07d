import { UsageError } from "../errors.ts";

/** Where encoders come from unless `WEFT_HUB` or `--mirror` names another place. */
export const publicHub = "https://huggingface.co";

const namePart = "[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?";
const namePattern = new RegExp(`^${namePart}(?:/${namePart})?$`);

/** Whether a text can be the name of an encoder on a hub: `bert-base-cased`, `owner/model`. */
export function isEncoderName(text: string): boolean {
  return namePattern.test(text) && !text.includes("..") && text.length <= 200;
}

/**
 * The address of a file on a hub.
 *
 * @param hub the address that all others begin with
 * @throws {UsageError} for an address that is neither HTTPS nor on this machine, or a revision that
 *   is none
 */
export function hubAddress(hub: string, name: string, revision: string, file: string): URL {
  if (!namePattern.test(revision.replace(/^refs\/pr\//, ""))) {
    throw new UsageError(`${JSON.stringify(revision)} is not a revision`, "name a branch, a tag or a commit, such as main");
  }
  const base = checkedAddress(hub);
  const path = [name, "resolve", encodeURIComponent(revision), file].join("/");
  return new URL(`${base.href.replace(/[?#].*$/, "").replace(/\/$/, "")}/${path}`);
}

/**
 * Reads the address of a hub, or one that it refers to.
 *
 * @throws {UsageError} if it is neither HTTPS nor HTTP on this machine
 */
export function checkedAddress(text: string): URL {
  let address: URL;
  try {
    address = new URL(text);
  } catch (cause) {
    throw new UsageError(`${JSON.stringify(text)} is not an address`, "expected one such as https://example.org/hub", { cause });
  }
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(address.hostname);
  if (address.protocol === "https:" || (address.protocol === "http:" && isHere)) return address;
  throw new UsageError(
    `${address.protocol}//${address.host} is not safe to fetch an encoder from`,
    "use https; http is allowed for an address of this machine only",
  );
}
