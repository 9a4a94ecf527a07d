import { computed, effect, signal } from "@preact/signals";

export type ThemeChoice = "auto" | "light" | "dark";

const storedUnder = "weft-theme";
const darkSystem = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(darkSystem.matches);
darkSystem.addEventListener("change", ({ matches }) => {
  systemIsDark.value = matches;
});

/** The user's choice; `auto` follows the system. */
export const themeChoice = signal<ThemeChoice>(storedChoice());

/** The colours in effect. */
export const theme = computed<"light" | "dark">(() =>
  themeChoice.value === "auto" ? (systemIsDark.value ? "dark" : "light") : themeChoice.value,
);

effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
  try {
    localStorage.setItem(storedUnder, themeChoice.value);
  } catch {
    // The page works without storage.
  }
});

function storedChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(storedUnder);
    return stored === "light" || stored === "dark" ? stored : "auto";
  } catch {
    return "auto";
  }
}
