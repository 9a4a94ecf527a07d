/**
 * A warning for a training that continues under other kernels than those of its checkpoint.
 *
 * @param before the mark of those
 */
export function otherKernelsWarning(before: string): string {
  const [build = "", digest = ""] = before.split(" ");
  const which = digest === "" ? `${build} ones` : `${build} ones, ${digest.slice(0, 12)}`;
  return (
    `the checkpoint was computed by other kernels (${which}) than the current ones; the weights may differ in their last bits from ` +
    "those of an uninterrupted training"
  );
}
