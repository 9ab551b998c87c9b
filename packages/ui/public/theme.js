// Before the first paint, so that a chosen theme does not flash in the other one.
try {
  const theme = localStorage.getItem("omd-theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme stays.
}
