import { useSyncExternalStore } from "react";

// How the desk looks to this person on this machine; public/theme.js applies it
// before the first paint.
export type Theme = "auto" | "light" | "dark";
export type Density = "dense" | "roomy";

const listeners = new Set<() => void>();

function keep(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`congvan.${name}`);
    else localStorage.setItem(`congvan.${name}`, value);
  } catch {
    // Holds for this page only, then.
  }
}

function set(name: "theme" | "density", value: string | undefined): void {
  if (value === undefined) delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = value;
  keep(name, value);
  for (const tell of listeners) tell();
}

export function setTheme(theme: Theme): void {
  set("theme", theme === "auto" ? undefined : theme);
}

export function setDensity(density: Density): void {
  set("density", density === "roomy" ? "roomy" : undefined);
}

function subscribe(tell: () => void): () => void {
  listeners.add(tell);
  return () => listeners.delete(tell);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => (document.documentElement.dataset.theme as Theme | undefined) ?? "auto");
}

export function useDensity(): Density {
  return useSyncExternalStore(subscribe, () => (document.documentElement.dataset.density === "roomy" ? "roomy" : "dense"));
}
