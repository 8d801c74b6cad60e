import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Section } from "@/ui/page";
import { previewQuery } from "./queries";
import css from "./mail.module.css";

// What a stranger wrote, cleaned by the server, in a frame that may do nothing:
// no scripts, no forms, no links that open, and by its own policy no loading.
export function MailPreview({ id }: { id: string }) {
  const t = useText().office.quarantine;
  const [shown, setShown] = useState(false);
  const preview = useQuery({ ...previewQuery(id), enabled: shown });
  return (
    <Section title={t.preview}>
      {!shown ? (
        <Button small onClick={() => setShown(true)}>
          {t.preview}
        </Button>
      ) : preview.error ? (
        <p>{asProblem(preview.error).title}</p>
      ) : preview.data ? (
        <>
          <p className={css.hint}>{t.previewHint}</p>
          {preview.data.html ? (
            <iframe className={css.preview} title={t.preview} sandbox="" referrerPolicy="no-referrer" srcDoc={framed(preview.data.html)} />
          ) : (
            <pre className={css.previewText}>{preview.data.text || t.previewEmpty}</pre>
          )}
        </>
      ) : null}
    </Section>
  );
}

function framed(html: string): string {
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; form-action 'none'; base-uri 'none'"></head><body>${html}</body></html>`;
}
