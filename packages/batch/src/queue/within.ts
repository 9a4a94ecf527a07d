/** Asks for something that may fail, and does something else if there is no answer in time. */
export async function within(ask: () => Promise<void>, otherwise: () => Promise<void>, ms = 5000): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => (timer = setTimeout(() => resolve("late"), ms)));
  const asking = ask().catch(() => undefined);
  if ((await Promise.race([asking, late])) === "late") void otherwise().catch(() => undefined);
  clearTimeout(timer);
}
