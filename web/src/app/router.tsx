import type { QueryClient } from "@tanstack/react-query";
import {
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { asProblem } from "@/api/problem";
import { flag, oneOf, text } from "@/api/pick";
import { accountSearch, agencySearch } from "@/features/admin/queries";
import { caseFileSearch } from "@/features/casefile/queries";
import { lineSearch } from "@/features/direction/queries";
import { incomingSearch } from "@/features/incoming/search";
import { outgoingSearch } from "@/features/outgoing/search";
import { registerSearch } from "@/features/register/queries";
import { meQuery } from "@/features/session/me";
import { BrokenPage, MissingPage } from "./broken-page";
import { Desk } from "./desk/desk";
import { publicRoutes } from "./public-routes";
import { root } from "./root";
import { SignInRoute } from "./sign-in-route";

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (raw: Record<string, unknown>): { back?: string } => ({ back: text(raw.back, 500) }),
  component: SignInRoute,
});

// The desk waits for the person: without one it leads to the door and back.
const desk = createRoute({
  getParentRoute: () => root,
  id: "desk",
  component: Desk,
  notFoundComponent: MissingPage,
  errorComponent: BrokenPage,
  beforeLoad: async ({ context, location }) => {
    try {
      const me = await context.queries.ensureQueryData(meQuery);
      if (!me.mustChangePassword) return;
    } catch (error) {
      if (asProblem(error).status !== 401) throw error;
    }
    throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { back: location.href } });
  },
});

const home = createRoute({ getParentRoute: () => desk, path: "/", component: lazyRouteComponent(() => import("@/features/work/work-page"), "WorkPage") });

const incoming = createRoute({
  getParentRoute: () => desk,
  path: "/incoming",
  validateSearch: incomingSearch,
  component: lazyRouteComponent(() => import("@/features/incoming/incoming-page"), "IncomingPage"),
});

const arrival = createRoute({ getParentRoute: () => desk, path: "/incoming/$id", component: lazyRouteComponent(() => import("@/features/incoming/arrival-page"), "ArrivalPage") });

const requests = createRoute({ getParentRoute: () => desk, path: "/requests", component: lazyRouteComponent(() => import("@/features/incoming/requests-page"), "RequestsPage") });

const lines = createRoute({
  getParentRoute: () => desk,
  path: "/work",
  validateSearch: lineSearch,
  component: lazyRouteComponent(() => import("@/features/direction/lines-page"), "LinesPage"),
});

const arrivalSlip = createRoute({ getParentRoute: () => desk, path: "/incoming/$id/slip", component: lazyRouteComponent(() => import("@/features/direction/slip-page"), "SlipPage") });

const outgoing = createRoute({
  getParentRoute: () => desk,
  path: "/outgoing",
  validateSearch: outgoingSearch,
  component: lazyRouteComponent(() => import("@/features/outgoing/outgoing-page"), "OutgoingPage"),
});

const compose = createRoute({ getParentRoute: () => desk, path: "/outgoing/new", component: lazyRouteComponent(() => import("@/features/outgoing/compose-page"), "ComposePage") });

const tabs = ["story", "circuit", "recipients", "history"] as const;

const document = createRoute({
  getParentRoute: () => desk,
  path: "/outgoing/$id",
  validateSearch: (raw: Record<string, unknown>): { tab?: (typeof tabs)[number] } => ({ tab: oneOf(raw.tab, tabs) }),
  component: lazyRouteComponent(() => import("@/features/outgoing/document-page"), "DocumentPage"),
});

const edit = createRoute({ getParentRoute: () => desk, path: "/outgoing/$id/edit", component: lazyRouteComponent(() => import("@/features/outgoing/compose-page"), "EditPage") });

const ready = createRoute({ getParentRoute: () => desk, path: "/outgoing/$id/ready", component: lazyRouteComponent(() => import("@/features/outgoing/readiness-page"), "ReadinessPage") });
const slip = createRoute({ getParentRoute: () => desk, path: "/outgoing/$id/slip", component: lazyRouteComponent(() => import("@/features/circuit/slip-page"), "SlipPage") });

const forwardRules = createRoute({ getParentRoute: () => desk, path: "/forwarding", component: lazyRouteComponent(() => import("@/features/direction/rules-page"), "RulesPage") });

const circuits = createRoute({ getParentRoute: () => desk, path: "/circuits", component: lazyRouteComponent(() => import("@/features/circuit/defaults-page"), "DefaultsPage") });

const registers = createRoute({
  getParentRoute: () => desk,
  path: "/registers",
  validateSearch: registerSearch,
  component: lazyRouteComponent(() => import("@/features/register/registers-page"), "RegistersPage"),
});

const register = createRoute({ getParentRoute: () => desk, path: "/registers/$id", component: lazyRouteComponent(() => import("@/features/register/register-page"), "RegisterPage") });

const quarantine = createRoute({ getParentRoute: () => desk, path: "/mail/quarantine", component: lazyRouteComponent(() => import("@/features/mail/quarantine-page"), "QuarantinePage") });

const quarantined = createRoute({ getParentRoute: () => desk, path: "/mail/quarantine/$id", component: lazyRouteComponent(() => import("@/features/mail/quarantined-page"), "QuarantinedPage") });

const mailbox = createRoute({ getParentRoute: () => desk, path: "/mail/mailboxes/$id", component: lazyRouteComponent(() => import("@/features/mail/mailbox-page"), "MailboxPage") });

const mailboxes = createRoute({ getParentRoute: () => desk, path: "/mail/mailboxes", component: lazyRouteComponent(() => import("@/features/mail/mailboxes-page"), "MailboxesPage") });

const agencies = createRoute({
  getParentRoute: () => desk,
  path: "/admin/agencies",
  validateSearch: agencySearch,
  component: lazyRouteComponent(() => import("@/features/admin/agencies-page"), "AgenciesPage"),
});

const accounts = createRoute({
  getParentRoute: () => desk,
  path: "/admin/accounts",
  validateSearch: accountSearch,
  component: lazyRouteComponent(() => import("@/features/admin/accounts-page"), "AccountsPage"),
});

const groups = createRoute({ getParentRoute: () => desk, path: "/admin/groups", component: lazyRouteComponent(() => import("@/features/admin/groups-page"), "GroupsPage") });

const importing = createRoute({ getParentRoute: () => desk, path: "/admin/import", component: lazyRouteComponent(() => import("@/features/admin/import-page"), "ImportPage") });

const templates = createRoute({ getParentRoute: () => desk, path: "/templates", component: lazyRouteComponent(() => import("@/features/outgoing/templates-page"), "TemplatesPage") });

const caseFiles = createRoute({
  getParentRoute: () => desk,
  path: "/case-files",
  validateSearch: caseFileSearch,
  component: lazyRouteComponent(() => import("@/features/casefile/casefiles-page"), "CaseFilesPage"),
});

const caseFile = createRoute({ getParentRoute: () => desk, path: "/case-files/$id", component: lazyRouteComponent(() => import("@/features/casefile/casefile-page"), "CaseFilePage") });

const paper = createRoute({
  getParentRoute: () => desk,
  path: "/incoming/paper",
  validateSearch: (raw: Record<string, unknown>): { tab?: "batch" } => ({ tab: oneOf(raw.tab, ["batch"] as const) }),
  component: lazyRouteComponent(() => import("@/features/paper/paper-page"), "PaperPage"),
});

const notices = createRoute({
  getParentRoute: () => desk,
  path: "/notices",
  validateSearch: (raw: Record<string, unknown>): { all?: true } => ({ all: flag(raw.all) }),
  component: lazyRouteComponent(() => import("@/features/notice/notices-page"), "NoticesPage"),
});

const calendar = createRoute({ getParentRoute: () => desk, path: "/calendar", component: lazyRouteComponent(() => import("@/features/calendar/calendar-page"), "CalendarPage") });

const absence = createRoute({
  getParentRoute: () => desk,
  path: "/absence",
  validateSearch: (raw: Record<string, unknown>): { tab?: "roster" } => ({ tab: oneOf(raw.tab, ["roster"] as const) }),
  component: lazyRouteComponent(() => import("@/features/delegation/absence-page"), "AbsencePage"),
});

const peers = createRoute({ getParentRoute: () => desk, path: "/admin/peers", component: lazyRouteComponent(() => import("@/features/peer/peers-page"), "PeersPage") });

const acts = ["sign", "initial", "seal"] as const;

const toSign = createRoute({
  getParentRoute: () => desk,
  path: "/to-sign",
  validateSearch: (raw: Record<string, unknown>): { act?: (typeof acts)[number] } => ({ act: oneOf(raw.act, acts) }),
  component: lazyRouteComponent(() => import("@/features/signing/to-sign-page"), "ToSignPage"),
});

const signingSettings = createRoute({ getParentRoute: () => desk, path: "/me/signing", component: lazyRouteComponent(() => import("@/features/signing/settings-page"), "SigningSettingsPage") });

const sessions = createRoute({ getParentRoute: () => desk, path: "/me/sessions", component: lazyRouteComponent(() => import("@/features/session/sessions-page"), "SessionsPage") });

const password = createRoute({ getParentRoute: () => desk, path: "/me/password", component: lazyRouteComponent(() => import("@/features/session/password-page"), "PasswordPage") });

// Whatever else is typed: the desk stays around the answer.
const missing = createRoute({ getParentRoute: () => desk, path: "$", component: MissingPage });

const tree = root.addChildren([
  signIn,
  ...publicRoutes,
  desk.addChildren([
    home,
    incoming,
    arrival,
    requests,
    lines,
    arrivalSlip,
    outgoing,
    compose,
    document,
    edit,
    ready,
    slip,
    circuits,
    forwardRules,
    registers,
    register,
    quarantine,
    quarantined,
    mailboxes,
    mailbox,
    agencies,
    accounts,
    groups,
    importing,
    absence,
    templates,
    caseFiles,
    caseFile,
    paper,
    notices,
    calendar,
    peers,
    toSign,
    signingSettings,
    sessions,
    password,
    missing,
  ]),
]);

export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
