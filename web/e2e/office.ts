import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, request, test as base, type APIRequestContext, type Browser, type BrowserContext, type Page } from "@playwright/test";
import { directive } from "./paper";

const url = process.env.CONGVAN_E2E_URL ?? "";

// How many times slower than this machine a person's computer is; for looking
// for what only goes well because it is fast.
const slowness = Number(process.env.CONGVAN_E2E_SLOW ?? 0);

// Everybody's in the demo province.
export const password = "travinh-2017";

// What people choose at their first visit.
export const ownPassword = "con mèo trèo cây cau";

type Session = Awaited<ReturnType<BrowserContext["storageState"]>>;

interface Seat {
  // Another language than Vietnamese.
  language?: "en";
  // Answers of the server that the test provokes: "422 POST".
  expect?: readonly string[];
}

// The people of an office, each in a browser of their own. Whatever a page
// complains about, and any answer of 500, fails the test.
export class Office {
  private contexts: BrowserContext[] = [];
  private asking: APIRequestContext[] = [];
  private complaints: string[] = [];

  constructor(
    private readonly browser: Browser,
    private readonly sessions: Map<string, Session>,
  ) {}

  /** A desk without anybody signed in. */
  async door(seat: Seat = {}): Promise<Page> {
    return this.open({ ...seat, expect: ["401 GET", ...(seat.expect ?? [])] });
  }

  /** Somebody at their desk, looking at a page. */
  async sit(login: string, at = "/", seat: Seat = {}): Promise<Page> {
    const page = await this.open(seat, await this.session(login));
    await page.goto(at);
    return page;
  }

  /** The contract without a screen, for what is not the subject of a test. */
  async ask(login: string): Promise<APIRequestContext> {
    const asking = await request.newContext({ baseURL: url, storageState: await this.session(login) });
    this.asking.push(asking);
    return asking;
  }

  /** A new person sets a password of their own and stays signed in. */
  async welcome(login: string, first: string): Promise<void> {
    const session = await signIn(login, first);
    const asking = await request.newContext({ baseURL: url, storageState: session });
    const changed = await asking.post("/api/me/password", { data: { current: first, next: ownPassword } });
    expect(changed.ok(), await changed.text()).toBe(true);
    this.sessions.set(login, await asking.storageState());
    await asking.dispose();
  }

  private async session(login: string): Promise<Session> {
    const kept = this.sessions.get(login) ?? (await signIn(login));
    this.sessions.set(login, kept);
    return kept;
  }

  private async open(seat: Seat, storageState?: Session): Promise<Page> {
    const context = await this.browser.newContext({ baseURL: url, storageState });
    this.contexts.push(context);
    if (seat.language) {
      await context.addInitScript((language) => localStorage.setItem("congvan.language", language), seat.language);
    }
    const page = await context.newPage();
    if (slowness) await slow(page, slowness);
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      // Refusals are judged by their answers below.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) this.complaints.push(message.text());
    });
    page.on("response", (r) => {
      const said = `${r.status()} ${r.request().method()}`;
      if (r.status() >= 400 && !seat.expect?.includes(said)) this.complaints.push(`${said} ${r.url()}`);
    });
    return page;
  }

  async leave(): Promise<void> {
    await Promise.all([...this.contexts.map((c) => c.close()), ...this.asking.map((a) => a.dispose())]);
    expect(this.complaints).toEqual([]);
  }
}

async function slow(page: Page, times: number): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: times });
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", { offline: false, latency: 40 * times, downloadThroughput: -1, uploadThroughput: -1 });
}

async function signIn(login: string, secret = password): Promise<Session> {
  const door = await request.newContext({ baseURL: url });
  const answer = await door.post("/api/session", { data: { login, password: secret } });
  expect(answer.status(), `sign in as ${login}`).toBe(200);
  const session = await door.storageState();
  await door.dispose();
  return session;
}

interface Fixtures {
  office: Office;
  paper: (subject: string) => Promise<Buffer>;
}

interface WorkerFixtures {
  sessions: Map<string, Session>;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  baseURL: url,
  // Signing in is slow on purpose: once for each person and worker is enough.
  sessions: [async ({}, use) => use(new Map()), { scope: "worker" }],
  office: async ({ browser, sessions }, use) => {
    const office = new Office(browser, sessions);
    await use(office);
    await office.leave();
  },
  // A directive as it looks on paper, each with bytes of its own.
  paper: async ({ browser }, use) => use((subject) => directive(browser, subject)),
});

export { expect };

const run = promisify(execFile);

/** Mails a file into the official mailbox of Sở Nội vụ, as `congvan demo mail` does. */
export async function mail(file: string, subject?: string): Promise<void> {
  const args = ["demo", "mail", file, ...(subject ? ["--subject", subject] : [])];
  await run(process.env.CONGVAN_E2E_BINARY ?? "", args, { env: { ...process.env, CONGVAN_DATA: process.env.CONGVAN_E2E_DATA } });
}

let counter = 0;

/** A subject that no other test has. */
export function subjectOf(what: string): string {
  return `${what} (${process.pid}-${++counter})`;
}
