import { z } from "zod";

/**
 * Settings that can be switched as a whole: `off` or `false` gives false, `on` or `true` their own
 * defaults, which settings that must be given do not have.
 */
export function switchable<Settings extends object>(own: z.ZodType<Settings>) {
  const word = z.literal(["on", true, "off", false]).transform((given, context): Settings | false => {
    if (given === "off" || given === false) return false;
    const result = own.safeParse({});
    if (result.success) return result.data;
    for (const { message, path } of result.error.issues) context.addIssue({ code: "custom", message, path });
    return z.NEVER;
  });
  return z.union([own, word]);
}
