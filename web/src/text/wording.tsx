import { useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { en } from "./en";
import { WordingContext, type Language } from "./text";
import { vi } from "./vi";

const key = "congvan.language";

function remembered(): Language | undefined {
  try {
    const kept = localStorage.getItem(key);
    return kept === "en" || kept === "vi" ? kept : undefined;
  } catch {
    return undefined;
  }
}

function remember(language: Language): void {
  try {
    localStorage.setItem(key, language);
  } catch {
    // Not remembered, then; the choice still holds for this page.
  }
}

// The language that was chosen on this machine, or else that of the account, or
// else Vietnamese.
export function WordingProvider({ children }: { children: ReactNode }) {
  const [chosen, setChosen] = useState(remembered);
  const [usual, setUsual] = useState<Language>("vi");
  const language = chosen ?? usual;
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const setLanguage = useCallback((next: Language) => {
    setChosen(next);
    remember(next);
  }, []);
  const wording = useMemo(
    () => ({ language, setLanguage, setUsual, text: language === "vi" ? vi : en }),
    [language, setLanguage],
  );
  return <WordingContext value={wording}>{children}</WordingContext>;
}
