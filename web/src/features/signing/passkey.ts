import { client, value } from "@/api/client";
import type { PresenceQuestion } from "@/api/schema";

type Answer = Record<string, unknown>;

// The browser itself turns options and answers into JSON and back (WebAuthn, level 3).
async function create(question: PresenceQuestion): Promise<Answer> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(
    question.options as unknown as PublicKeyCredentialCreationOptionsJSON,
  );
  return answerOf(await navigator.credentials.create({ publicKey }));
}

async function get(question: PresenceQuestion): Promise<Answer> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(
    question.options as unknown as PublicKeyCredentialRequestOptionsJSON,
  );
  return answerOf(await navigator.credentials.get({ publicKey }));
}

function answerOf(credential: Credential | null): Answer {
  if (!(credential instanceof PublicKeyCredential)) throw new Error("no passkey");
  return credential.toJSON() as Answer;
}

export const passkeysWork = typeof PublicKeyCredential !== "undefined" && "parseRequestOptionsFromJSON" in PublicKeyCredential;

export async function addPasskey(current: string, name: string): Promise<void> {
  const question = await value(client.POST("/api/me/passkeys/question", { body: { current } }));
  const credential = await create(question);
  await value(client.POST("/api/me/passkeys", { body: { questionId: question.id, name, credential } }));
}

// Gives the proof for one use.
export async function proveByPasskey(): Promise<string> {
  const question = await value(client.POST("/api/presence"));
  const credential = await get(question);
  return (await value(client.POST("/api/presence/{id}", { params: { path: { id: question.id } }, body: { credential } }))).id;
}

export async function proveByCode(code: string): Promise<string> {
  return (await value(client.POST("/api/presence-by-code", { body: { code } }))).id;
}
