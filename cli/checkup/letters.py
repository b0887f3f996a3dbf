"""Dead letters: what lies in each queue, and sending it once more.

SQS can move messages back by itself only where they came from another queue. Most of
ours come from rules and functions, so each is handed to what should have got it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from cli.checkup.boxes import BOXES, Box, Letter, Verdict
from cli.checkup.finding import Finding, Remedy, RemedyError, from_milliseconds, output

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from cli.target import Deployment

_LOOKED_AT: Final = 100
"""Messages of a queue that are read; how many there are is told all the same."""
_HIDDEN_SECONDS: Final = 60
"""A message that is looked at is hidden so long from others who look."""
_SEND: Final = "Mend the cause, then send it once more with --fix."
_DROP: Final = "Nobody can use it: find out who sent it, then delete it with --fix --discard."


def dead_letters(deployment: Deployment) -> Iterator[Finding]:
    """One finding for each queue, film and reason."""
    for box in BOXES:
        url = _url(deployment, box)
        depth = _depth(deployment, url)
        letters = list(_receive(deployment, url)) if depth else []
        for letter in letters:
            _show_again(deployment, url, letter)
        groups: dict[Verdict, list[Letter]] = defaultdict(list)
        for letter in letters:
            groups[box.about(deployment, letter)].append(letter)
        for verdict, same in groups.items():
            yield _finding(deployment, box, verdict, same)
        if depth > len(letters) >= _LOOKED_AT:
            more = depth - len(letters)
            yield Finding("dead letter", "…", f"{box.holds}: more of them", "", count=more)


def _finding(deployment: Deployment, box: Box, verdict: Verdict, letters: Sequence[Letter]) -> Finding:
    sent = [letter.message.get("Attributes", {}).get("SentTimestamp") for letter in letters]
    send = Remedy(f"send {box.holds}s once more", lambda: _send_all(deployment, box))
    drop = Remedy(f"delete useless {box.holds}s", lambda: _drop_all(deployment, box), discards=True)
    return Finding(
        kind="dead letter",
        subject=verdict.film,
        why=f"{box.holds}: {verdict.why}",
        advice=_DROP if verdict.hopeless else _SEND,
        since=from_milliseconds(min((time for time in sent if time), default=None)),
        remedy=drop if verdict.hopeless else send,
        count=len(letters),
    )


def _send_all(deployment: Deployment, box: Box) -> str:
    """Hand each letter over and delete it then, never before: a crash in between delivers it twice."""
    url = _url(deployment, box)
    sent, complaints = 0, []
    kept = []
    for letter in _receive(deployment, url, limit=10 * _LOOKED_AT):
        try:
            if not box.about(deployment, letter).hopeless:
                box.deliver(deployment, letter)
                _delete(deployment, url, letter)
                sent += 1
                continue
        except RemedyError as error:
            complaints.append(str(error))
        kept.append(letter)
    for letter in kept:
        _show_again(deployment, url, letter)
    if complaints:
        raise RemedyError(
            f"{len(complaints)} of {sent + len(complaints)} {box.holds}s failed again and are kept: "
            f"{'; '.join(sorted(set(complaints))[:3])}"
        )
    return f"Sent {sent} {box.holds}{'' if sent == 1 else 's'} once more."


def _drop_all(deployment: Deployment, box: Box) -> str:
    url = _url(deployment, box)
    dropped = 0
    for letter in list(_receive(deployment, url, limit=10 * _LOOKED_AT)):
        if box.about(deployment, letter).hopeless:
            _delete(deployment, url, letter)
            dropped += 1
        else:
            _show_again(deployment, url, letter)
    return f"Deleted {dropped} {box.holds}{'' if dropped == 1 else 's'}."


def _delete(deployment: Deployment, url: str, letter: Letter) -> None:
    deployment.queues.delete_message(QueueUrl=url, ReceiptHandle=letter.message["ReceiptHandle"])


def _receive(deployment: Deployment, url: str, limit: int = _LOOKED_AT) -> Iterator[Letter]:
    seen: set[str] = set()
    while len(seen) < limit:
        messages = deployment.queues.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            VisibilityTimeout=_HIDDEN_SECONDS,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["SentTimestamp"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        fresh = [message for message in messages if message["MessageId"] not in seen]
        if not fresh:
            return
        for message in fresh:
            seen.add(message["MessageId"])
            yield _letter(message)


def _letter(message: MessageTypeDef) -> Letter:
    try:
        body: Any = json.loads(message["Body"])
    except ValueError:
        body = message["Body"]
    noted = message.get("MessageAttributes", {})
    return Letter(body, {name: value.get("StringValue", "") for name, value in noted.items()}, message)


def _show_again(deployment: Deployment, url: str, letter: Letter) -> None:
    deployment.queues.change_message_visibility(
        QueueUrl=url, ReceiptHandle=letter.message["ReceiptHandle"], VisibilityTimeout=0
    )


def _url(deployment: Deployment, box: Box) -> str:
    return str(deployment.queues.get_queue_url(QueueName=output(deployment, box.queue))["QueueUrl"])


def _depth(deployment: Deployment, url: str) -> int:
    answer = deployment.queues.get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])
