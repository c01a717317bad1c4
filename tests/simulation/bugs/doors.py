"""Bugs about how deliveries come in and leave, and how Amazon is spoken to."""

from typing import Final

from tests.simulation.bugs.bug import Bug

DOOR_BUGS: Final = (
    # --- The answer ---
    Bug(
        "the answer is empty",
        "aws/sqs_records.py",
        "message_id in unfinished if message_id not in done",
        "message_id in unfinished if not message_id",
    ),
    Bug(
        "the answer's key is misspelt",
        "aws/sqs_records.py",
        '        "batchItemFailures": [',
        '        "batchItemFailure": [',
    ),
    Bug(
        "the answer names a message that is not of the invocation",
        "aws/sqs_records.py",
        '{"itemIdentifier": message_id} for',
        '{"itemIdentifier": f"message-{message_id}"} for',
    ),
    Bug(
        "a message is let go though one of its parts is retried",
        "use_cases/progress.py",
        "        staying = self.retried() | {part.delivery.message_id for part in self.waiting()}",
        "        staying = {part.delivery.message_id for part in self.waiting()}",
    ),
    # --- The dead letter ---
    Bug(
        "letters that SQS names as failed count as stored",
        "aws/dead_letter_queue.py",
        'for entry in answer.get("Successful", ())}',
        "for entry in entries}",
    ),
    Bug(
        "the message goes before its letter is stored",
        "use_cases/pending_letters.py",
        "        stored = self._dead_letters.store([letter for letter, _ in self._pending])",
        "        self._dead_letters.store([letter for letter, _ in self._pending])\n"
        "        stored = set(range(len(self._pending)))",
    ),
    Bug(
        "which letter was stored is counted from the other end",
        "use_cases/pending_letters.py",
        "in enumerate(self._pending):",
        "in enumerate(reversed(self._pending)):",
        within=200,
        profile="dead-letters",
    ),
    Bug(
        "a batch letter forgets when its recommendations were published",
        "domain/dead_letter.py",
        "format_date(each.published_date) if each.published_date else None",
        "None",
    ),
    Bug(
        "a part that is retried is remembered as dead-lettered",
        "use_cases/dismissal.py",
        "            if departure.door is Door.DEAD_LETTERED and message_id in staying:",
        "            if message_id in staying:",
        within=200,
    ),
    # --- The API ---
    Bug(
        "a lost answer is repeated within the invocation",
        "amazon_ads/tries.py",
        "                if not isinstance(error, ThrottledError | UnavailableError):\n"
        "                    raise\n",
        "",
    ),
    Bug(
        "a 422 that does not name an id is taken for a refusal of it",
        "amazon_ads/meaning.py",
        "_LOST_STATUSES: Final = (408, 422)",
        "_LOST_STATUSES: Final = (408,)",
        within=200,
    ),
    Bug(
        "a 504 is taken for a 503",
        "amazon_ads/meaning.py",
        "_NOT_TAKEN_STATUSES: Final = (500, 503)",
        "_NOT_TAKEN_STATUSES: Final = (500, 503, 504)",
    ),
    Bug(
        "a 500 that names some ids is taken for one that names none",
        "amazon_ads/meaning.py",
        "is_lost = names_ids or status not in _NOT_TAKEN_STATUSES",
        "is_lost = status not in _NOT_TAKEN_STATUSES",
    ),
    Bug(
        "Retry-After is not waited for",
        "amazon_ads/tries.py",
        "wait = error.retry_after or pacing.backoff(attempt)",
        "wait = pacing.backoff(attempt)",
    ),
    Bug(
        "requests are begun after the deadline",
        "amazon_ads/pacing.py",
        "        return self.seconds_left() >= LEAST_SECONDS_FOR_A_REQUEST",
        "        return True",
        within=200,
        profile="slow-answers",
    ),
    Bug(
        "an open breaker is not looked at",
        "use_cases/guarded_api.py",
        "                self._refusal = self._admit(self._found)",
        "                self._admit(self._found)",
    ),
    Bug(
        "accounts share a request",
        "domain/batching.py",
        "        group = groups.setdefault(key, {})",
        "        group = groups.setdefault((key[0], next(iter(groups), key)[1]), {})",
    ),
    Bug(
        "a token that Amazon quotes is logged",
        "amazon_ads/exchange.py",
        "            secrets=(token.value, token.client_id),",
        "            secrets=(),",
    ),
    Bug(
        "after a pause everybody tries at once",
        "use_cases/guarded_api.py",
        "        if self._store.save_breaker(self._kept):\n            return None",
        "        self._store.save_breaker(self._kept)\n        if True:\n            return None",
        within=200,
    ),
    Bug(
        "what applicationStatus does not name is taken for accepted",
        "use_cases/conclusions.py",
        "result.statuses.get(recommendation_id, ApplicationStatus.PUBLISHED)",
        "result.statuses.get(recommendation_id, ApplicationStatus.SUCCESS)",
        within=200,
    ),
    # --- What comes in ---
    Bug(
        "one unreadable body fails its neighbours",
        "domain/reading.py",
        "        except (ValueError, TypeError, RecursionError) as error:",
        "        except (TypeError, RecursionError) as error:",
    ),
)
