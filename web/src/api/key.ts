// A fresh Idempotency-Key. Not crypto.randomUUID: that is missing where the app
// is reached by plain http inside an office's network.
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
}

// The key of an intent: the same input tried again carries the same key, so that
// a lost answer never does the act twice; another input is another intent.
export class IntentKey {
  private input = "";
  private key = "";

  of(input: unknown): string {
    const text = JSON.stringify(input ?? null);
    if (this.key === "" || text !== this.input) {
      this.input = text;
      this.key = newKey();
    }
    return this.key;
  }

  // The act was carried out: doing the same once more is a new intent.
  done(): void {
    this.key = "";
  }
}
