import { useQuery } from "@tanstack/react-query";
import { client, value } from "@/api/client";
import { LoadFailed } from "@/features/session/load-failed";
import { useText } from "@/text/text";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Bone, Notice } from "@/ui/states";
import css from "./difference.module.css";

interface Props {
  documentId: string;
  from: string;
  to: string;
  onClose: () => void;
}

// What changed between the texts of two versions, word by word.
export function DifferenceDialog({ documentId, from, to, onClose }: Props) {
  const text = useText();
  const t = text.ready.difference;
  const { data, error, refetch } = useQuery({
    queryKey: ["documents", "one", documentId, "difference", from, to],
    queryFn: () => value(client.GET("/api/documents/{id}/difference", { params: { path: { id: documentId }, query: { from, to } } })),
    staleTime: Infinity,
  });
  const changes = data?.pieces.filter((p) => p.change === "added" || p.change === "removed").length ?? 0;
  return (
    <Dialog title={t.title} wide onClose={onClose} footer={<Button onClick={onClose}>{text.common.close}</Button>}>
      {error ? <LoadFailed error={error} onRetry={() => void refetch()} /> : null}
      {!data && !error ? <Bone width="70%" /> : null}
      {data ? (
        <>
          <p>{t.between(data.from, data.to)}</p>
          {changes === 0 ? <Notice look="calm">{t.none}</Notice> : <p>{t.count(changes)}</p>}
          <div className={css.text}>
            {data.pieces.map((p, i) => {
              const key = `${i}.${p.change}`;
              if (p.change === "left_out") return <span key={key} className={css.left}>{t.leftOut(p.words)}</span>;
              if (p.change === "added") return <ins key={key}>{p.text} </ins>;
              if (p.change === "removed") return <del key={key}>{p.text} </del>;
              return <span key={key}>{p.text} </span>;
            })}
          </div>
        </>
      ) : null}
    </Dialog>
  );
}
