import t from "@bomb.sh/tab";
import { Argument } from "commander";
import { defineCommand } from "../command.ts";

type Shell = "bash" | "zsh" | "fish" | "powershell";

export const completion = defineCommand<[shell: Shell]>({
  name: "completion",
  group: "Around",
  summary: "print a script that completes commands, options and names in your shell",
  details: [
    "To have it in every new shell, once:",
    "  bash        echo 'source <(weft completion bash)' >> ~/.bashrc",
    "  zsh         echo 'source <(weft completion zsh)' >> ~/.zshrc",
    "  fish        weft completion fish > ~/.config/fish/completions/weft.fish",
    "  powershell  weft completion powershell >> $PROFILE",
  ].join("\n"),
  arguments: [new Argument("<shell>", "your shell").choices(["bash", "zsh", "fish", "powershell"])],
  options: [],
  examples: [["source <(weft completion bash)", "for this shell only"]],
  run: async (_, [shell]) => {
    // The package prints by itself, to standard output.
    t.setup("weft", "weft", shell);
    await Promise.resolve();
  },
});
