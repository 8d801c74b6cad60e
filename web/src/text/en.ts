import { admin } from "./en/admin";
import { arrival } from "./en/arrival";
import { calendar } from "./en/calendar";
import { circuit } from "./en/circuit";
import { common } from "./en/common";
import { delegation } from "./en/delegation";
import { document } from "./en/document";
import { event } from "./en/event";
import { office } from "./en/office";
import { parts } from "./en/parts";
import { peer } from "./en/peer";
import { recipient } from "./en/recipient";
import { register } from "./en/register";
import { session } from "./en/session";
import { shell } from "./en/shell";
import { work } from "./en/work";
import type { Text } from "./text";

export const en: Text = { admin, arrival, calendar, circuit, common, delegation, document, event, office, parts, peer, recipient, register, session, shell, work };
