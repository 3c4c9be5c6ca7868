"""Who asks, and which subscriptions there are."""

from __future__ import annotations

import base64
import binascii
import json

from model.errors import CredentialsError
from model.observed import Reason
from model.places import Gap, Observations, Target
from scanners._jobs import Deadline, Job, Step
from scanners.azure.clients import Answer, Estate, renew
from scanners.azure.errors import Failure, broken, catchable, failure_of
from scanners.azure.gaps import gap
from scanners.azure.graph import graph_job
from scanners.azure.listing import subscription_jobs
from scanners.azure.paging import items_of, pages
from scanners.azure.rows import TABLES

_OPERATION = "Microsoft.Resources/subscriptions/read"
_VERSION = "2022-12-01"
# One query may name a thousand subscriptions; fewer make the answers come side by side.
_BATCH = 100
_READABLE = frozenset({"Enabled", "Warned", "PastDue"})
# Azure shows no subscription, and refuses nothing, to whom no role was given.
_NONE = Failure(Reason.REFUSED, "NoSubscription", 200, "this identity sees no subscription: it has no role on any")


def list_subscriptions(job: Job, deadline: Deadline) -> Step:
    """Task ``subscriptions``, the first of a run: the questions to ask of every subscription.

    One that is disabled keeps its data and is asked as well; it is a gap, as is one that is deleted, or configured and
    not to be found.
    """
    estate = renew(job.target)
    gaps: list[Gap] = []
    states: dict[str, str] = {}
    for answer in pages(estate, "/subscriptions", _VERSION, _OPERATION, deadline):
        page = _states(answer)
        if isinstance(page, Failure):
            gaps.append(gap(job.target, "", job.scope, _OPERATION, page))
            break
        states.update(page)
    wanted = job.target.setting("subscriptions", "all")
    chosen = sorted({each.lower() for each in wanted}) if isinstance(wanted, tuple) else sorted(states)
    if not chosen and not gaps:
        gaps.append(gap(job.target, "", job.scope, _OPERATION, _NONE))
    for subscription in chosen:
        state = states.get(subscription, "" if gaps else "unseen")
        if state and state not in _READABLE:
            what = f"everything in subscription {subscription}"
            gaps.append(gap(job.target, subscription, what, _OPERATION, _not_enabled(state)))
    asked = [each for each in chosen if states.get(each) != "Deleted"]
    return Step(Observations(gaps=tuple(gaps)), tuple(_jobs(job.target, asked)))


def _jobs(target: Target, subscriptions: list[str]) -> list[Job]:
    jobs: list[Job] = []
    for start in range(0, len(subscriptions), _BATCH):
        batch = subscriptions[start : start + _BATCH]
        jobs += [graph_job(target, table, batch) for table in TABLES]
    for each in subscriptions:
        jobs += subscription_jobs(target, each)
    return jobs


def _states(answer: Answer | Failure) -> dict[str, str] | Failure:
    listed = answer if isinstance(answer, Failure) else items_of(answer)
    if isinstance(listed, Failure):
        return listed
    found: dict[str, str] = {}
    for each in listed:
        if not isinstance(each, dict) or not isinstance(each.get("subscriptionId"), str):
            return broken("the list of subscriptions could not be read")
        found[each["subscriptionId"].lower()] = str(each.get("state") or "Enabled")
    return found


def _not_enabled(state: str) -> Failure:
    if state == "unseen":
        detail = "it is not among the subscriptions of this identity: another tenant, or no right to read it"
        return Failure(Reason.REFUSED, "SubscriptionNotFound", 404, detail)
    if state == "Deleted":
        return Failure(
            Reason.DISABLED, state, 0, "the subscription is deleted: its data are kept up to 90 days, unseen"
        )
    detail = f"the subscription is {state.lower()}: its data are kept, and may answer in part only"
    return Failure(Reason.DISABLED, state, 0, detail)


def whoami(estate: Estate, deadline: Deadline) -> str | Failure:
    """Who the token was issued to, and how many subscriptions that identity sees."""
    answer = estate.get("/subscriptions", _VERSION, _OPERATION, deadline)
    found = _states(answer)
    if isinstance(found, Failure):
        return found
    try:
        token = estate.once("credential", estate.credential).get_token(estate.cloud.scope).token
    except catchable() as error:
        return failure_of(error)
    return f"{_claimed(token)}; {len(found)} subscription(s)"


def visible(estate: Estate, deadline: Deadline) -> tuple[str, ...]:
    """The subscriptions of the first page of the list, none when it cannot be had."""
    found = _states(estate.get("/subscriptions", _VERSION, _OPERATION, deadline))
    return () if isinstance(found, Failure) else tuple(sorted(found))


def _claimed(token: str) -> str:
    """The name and tenant that a token claims, as far as it is one that can be read."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        name = claims.get("upn") or claims.get("unique_name") or f"application {claims.get('appid', 'unknown')}"
        return f"{name} of tenant {claims.get('tid', 'unknown')}"
    except (IndexError, ValueError, AttributeError, binascii.Error):
        return "an identity that its token does not name"


def credentials_error(target: Target, failure: Failure, endpoint: str) -> CredentialsError:
    """What to tell a person when nobody could be identified."""
    variable = target.setting("token_env")
    start = f"target {target.name!r}: "
    if failure.code == "NoCredentials" and variable:
        advice = f"the environment variable {variable} is empty; put a token for {endpoint} in it"
    elif failure.code == "NoCredentials":
        advice = "no credentials were found; run `az login`, set AZURE_CLIENT_ID and its like, or name a `token_env`"
    elif failure.reason in (Reason.UNREACHABLE, Reason.TIMEOUT):
        advice = f"{endpoint} cannot be reached ({failure.detail}); check network, proxy, cloud and endpoint"
    elif failure.reason is Reason.REFUSED:
        advice = f"{failure.detail}; sign in again, and check tenant, cloud and audience of the token"
    else:
        advice = f"{failure.detail or failure.code}; check with `az account list`"
    return CredentialsError(start + advice)
