import { common } from "./en/common";
import { document } from "./en/document";
import { parts } from "./en/parts";
import { session } from "./en/session";
import { shell } from "./en/shell";
import type { Text } from "./text";

export const en: Text = { common, document, parts, session, shell };
