"""What owners say and officers answer, as the tests of statements do it."""

from __future__ import annotations

from backend.dossiers.models import DossierEvent
from backend.submissions.models import Submission

TEXT = "Hôm đó tôi đang ở nhà máy, có chấm công của công ty."
REASON = "Đã xem lại ảnh và giấy tờ; kết quả như sau."


def say(case, kind: str, **form):
    return case.owner.post(f"/ho-so/y-kien/{kind}", data={"text": TEXT, **form})


def said(case) -> Submission:
    return max(case.rows(Submission, Submission.dossier_id == case.id), key=lambda one: one.filed_at)


def answer(case, *, accepted: bool, who=None):
    body = {"accepted": accepted, "reason": REASON}
    return (who or case.officer).post(f"/v1/submissions/{said(case).id}/answer", json=body)


def resolve(case, action: str, *justified: bool, who=None):
    answers = [
        {"ground": ground, "justified": right, "text": REASON}
        for ground, right in zip(said(case).grounds, justified, strict=False)
    ]
    body = {"action": action, "answers": answers}
    return (who or case.chief).post(f"/v1/submissions/{said(case).id}/resolution", json=body)


def kinds(case) -> list[str]:
    return [event.kind for event in sorted(case.rows(DossierEvent), key=lambda event: event.seq)]
