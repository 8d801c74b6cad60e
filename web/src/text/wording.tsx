import { useEffect, useMemo, useState, type ReactNode } from "react";
import { en } from "./en";
import { WordingContext, type Language } from "./text";
import { vi } from "./vi";

const key = "congvan.language";

function remembered(): Language {
  try {
    return localStorage.getItem(key) === "en" ? "en" : "vi";
  } catch {
    return "vi";
  }
}

export function WordingProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(remembered);
  useEffect(() => {
    document.documentElement.lang = language;
    try {
      localStorage.setItem(key, language);
    } catch {
      // Not remembered, then; the choice still holds for this page.
    }
  }, [language]);
  const wording = useMemo(
    () => ({ language, setLanguage, text: language === "vi" ? vi : en }),
    [language],
  );
  return <WordingContext value={wording}>{children}</WordingContext>;
}
