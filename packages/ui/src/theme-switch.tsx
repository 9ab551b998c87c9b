import { useState } from "react";

type Theme = "system" | "light" | "dark";

const key = "omd-theme";

function current(): Theme {
  const theme = document.documentElement.dataset["theme"];
  return theme === "light" || theme === "dark" ? theme : "system";
}

/** Chooses light, dark, or what the system says; kept in this browser. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(current);
  const choose = (next: Theme) => {
    setTheme(next);
    if (next === "system") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = next;
    try {
      if (next === "system") localStorage.removeItem(key);
      else localStorage.setItem(key, next);
    } catch {
      // Storage is forbidden: the choice lasts as long as the page.
    }
  };
  return (
    <select
      className="theme"
      aria-label="Theme"
      value={theme}
      onChange={(event) => choose(event.target.value as Theme)}
    >
      <option value="system">System theme</option>
      <option value="light">Light</option>
      <option value="dark">Dark</option>
    </select>
  );
}
