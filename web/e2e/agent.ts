import { execFile, spawn } from "node:child_process";
import { mkdir, readdir, rename } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";

// The signing program on an officer's own PC, over a token of SoftHSM2. It also
// makes the device that the server has for seals.

const repository = path.resolve(import.meta.dirname, "../..");

// Whom its certificates are for: the people of an agency that a test makes.
export const agentPerson = "Lê Lãnh Đạo";
export const agentSeal = "Sở Công việc";

// The device of the server, as its label and its PIN are.
export const device = { label: "con-dau", pin: "654321" };

// The PIN of the key at the signing service.
export const servicePin = "482913";

export interface Agent {
  env: NodeJS.ProcessEnv; // what the server needs to know
  stop: () => Promise<void>;
}

/** Starts it for the server at an address, on a port of its own. */
export async function startAgent(folder: string, server: string, port: number): Promise<Agent> {
  const program = path.join(folder, "agent");
  const race = process.env.RACE ? ["-race"] : []; // so that what the compiler has done serves again
  await promisify(execFile)("go", ["build", "-buildvcs=false", ...race, "-o", program, "./server/provider/signature/token/agent"], { cwd: repository });
  const args = ["-folder", folder, "-listen", `127.0.0.1:${port}`, "-server", server, "-person", agentPerson, "-seal", agentSeal];
  const running = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((done) => running.once("close", () => done()));
  await new Promise<void>((listening, failed) => {
    running.stdout.on("data", (said: Buffer) => said.toString().includes("listening") && listening());
    void ended.then(() => failed(new Error("the signing program did not start")));
  });
  return {
    env: {
      CONGVAN_LOCAL_SIGNING_URL: `http://127.0.0.1:${port}/sign`,
      CONGVAN_REMOTE_SIGNING_URL: `http://127.0.0.1:${port}/csc/v2`,
      CONGVAN_TRUST_ANCHORS: path.join(folder, "authority.pem"),
      CONGVAN_KEY_MODULE: "/usr/lib/softhsm/libsofthsm2.so",
      SOFTHSM2_CONF: path.join(folder, "server", "softhsm2.conf"),
    },
    stop: async () => {
      running.kill("SIGTERM");
      await ended;
    },
  };
}

/** Where it keeps its tokens and certificates. */
export const agentFolder = (): string => process.env.CONGVAN_E2E_AGENT ?? "";

/** Signs a file that was fetched by hand. */
export async function signByHand(file: Buffer): Promise<Buffer> {
  const at = (process.env.CONGVAN_E2E_AGENT_URL ?? "").replace(/\/sign$/, "/file");
  const answer = await fetch(at, { method: "POST", body: new Uint8Array(file) });
  if (!answer.ok) throw new Error(await answer.text());
  return Buffer.from(await answer.arrayBuffer());
}

/** Draws the tokens of the person or of the server (from "tokens" to "drawn"), or puts them back. */
export async function moveTokens(whose: "person" | "server", from: string, to: string): Promise<void> {
  const folder = path.join(agentFolder(), whose);
  await mkdir(path.join(folder, to), { recursive: true });
  for (const one of await readdir(path.join(folder, from))) await rename(path.join(folder, from, one), path.join(folder, to, one));
}
