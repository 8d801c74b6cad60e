import { createContext, use } from "react";
import type { vi } from "./vi";

// Every language has exactly the keys of the Vietnamese one; a missing key
// does not compile.
export type Text = typeof vi;
export type Language = "vi" | "en";

export interface Wording {
  language: Language;
  text: Text;
  // A choice: it is kept on this machine.
  setLanguage: (language: Language) => void;
  // What holds until somebody chooses: the language of the account.
  setUsual: (language: Language) => void;
}

export const WordingContext = createContext<Wording | undefined>(undefined);

export function useWording(): Wording {
  const wording = use(WordingContext);
  if (!wording) throw new Error("no wording around this component");
  return wording;
}

export function useText(): Text {
  return useWording().text;
}
