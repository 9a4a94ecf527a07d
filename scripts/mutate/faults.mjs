import { dropoutFaults } from "./dropout-faults.mjs";
import { modelFaults } from "./model-faults.mjs";
import { otherFaults } from "./other-faults.mjs";
import { stepFaults } from "./step-faults.mjs";

/**
 * A deliberate fault: a slip that a good engineer could make.
 *
 * @typedef {object} Fault
 * @property {string} name unique
 * @property {string} meaning what is wrong
 * @property {string} file from the root of the repository
 * @property {string} find occurs exactly once in the file
 * @property {string} replace
 * @property {readonly string[]} tests the test files that should fail
 */

/** @type {readonly Fault[]} */
export const faults = [...stepFaults, ...dropoutFaults, ...modelFaults, ...otherFaults];

/**
 * @param {string} source
 * @param {Fault} fault
 */
export function applyFault(source, { name, file, find, replace }) {
  const parts = source.split(find);
  if (parts.length !== 2) throw new Error(`fault ${name}: its text occurs ${parts.length - 1} times in ${file}, not once`);
  return parts.join(replace);
}
