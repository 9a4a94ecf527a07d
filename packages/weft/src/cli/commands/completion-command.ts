import { declareCommand } from "../declaration.ts";

export const completionCommand = declareCommand({
  name: "completion",
  group: "Other",
  summary: "print a script that completes commands, options and names in your shell",
  details: [
    "To have it in every new shell, once:",
    "  bash        echo 'source <(weft completion bash)' >> ~/.bashrc",
    "  zsh         echo 'source <(weft completion zsh)' >> ~/.zshrc",
    "  fish        weft completion fish > ~/.config/fish/completions/weft.fish",
    "  powershell  weft completion powershell >> $PROFILE",
  ].join("\n"),
  arguments: { shell: { description: "your shell", choices: ["bash", "zsh", "fish", "powershell"] } },
  options: {},
  examples: [["source <(weft completion bash)", "for this shell only"]],
});
