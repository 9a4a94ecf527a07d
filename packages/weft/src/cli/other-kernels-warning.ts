/**
 * The warning for a training that resumes with different kernels than its checkpoint.
 *
 * @param before identifies the checkpoint's kernels
 */
export function otherKernelsWarning(before: string): string {
  const [build = "", digest = ""] = before.split(" ");
  const which = digest === "" ? `${build} ones` : `${build} ones, ${digest.slice(0, 12)}`;
  return (
    `the checkpoint was computed with different kernels (${which}); the weights may differ in their last bits from ` +
    "those of an uninterrupted training"
  );
}
