"""The component `calls`: whether the calls of the last hour ended well, and why not, in words for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from appliance.domain.failures import CustomersCalls, FailureGroup, Failures, Judgement
from appliance.domain.system import Component, ComponentState

# Named one by one; all are in the reply.
MOST_NAMED = 5


def failing_calls(failures: Failures) -> Component:
    """`failed`: most of all calls fail. `warning`: unusually many do, of all or of one customer."""
    state = ComponentState.OK
    if failures.judged is Judgement.MANY or failures.affected:
        state = ComponentState.WARNING
    if failures.judged is Judgement.MOST or failures.through_own_fault:
        state = ComponentState.FAILED
    return Component("calls", state, " ".join(_sentences(failures, well=state is ComponentState.OK)))


def _sentences(failures: Failures, *, well: bool) -> Iterator[str]:
    yield f"{_how_they_ended(failures)}{'' if well else _mostly(failures)}."
    if failures.affected and failures.affected[0].ended != failures.ended:
        named = ", ".join(map(_of_customer, failures.affected[:MOST_NAMED]))
        yield f"By customer: {named}{' and others' if len(failures.affected) > MOST_NAMED else ''}."
    if failures.through_own_fault:
        own = failures.own
        of_all = f"{own.failed:,} of the {own.finished:,} calls with sound recordings failed"
        yield f"The fault is the appliance's own: {of_all}."


def _how_they_ended(failures: Failures) -> str:
    ended, usual_share = failures.ended, failures.usual.usual_share
    if not ended.finished:
        return "No call ended in the last hour"
    if ended.finished == 1:
        return f"The only call that ended in the last hour {'failed' if ended.failed else 'was completed'}"
    of_them = f"None of the {ended.finished:,}"
    if ended.failed:
        of_them = f"{ended.failed:,} of the {ended.finished:,}"
    if ended.failed == ended.finished:
        of_them = f"All {ended.finished:,}"
    usual = f"; {_percent(usual_share)} is usual" if usual_share is not None and ended.failed else ""
    return f"{of_them} calls that ended in the last hour failed{usual}"


def _percent(share: float) -> str:
    return "less than 1 %" if 0 < share < 0.01 else f"{share * 100:.0f} %"


def _mostly(failures: Failures) -> str:
    """What most of the failures are: of one customer, or of many."""
    if not failures.groups:
        return ""
    largest, failed = failures.groups[0], failures.ended.failed
    if largest.count > failed / 2:
        return f": mostly {largest.error_code} of {_name(largest)} ({largest.count:,})"
    by_code: Counter[str] = Counter()
    for group in failures.groups:
        by_code[group.error_code] += group.count
    (code, count), *_ = by_code.most_common(1)
    return f": {'mostly' if count > failed / 2 else 'most often'} {code} ({count:,})"


def _of_customer(customer: CustomersCalls) -> str:
    return f"{_name(customer)} {customer.ended.failed:,} of {customer.ended.finished:,}"


def _name(of: CustomersCalls | FailureGroup) -> str:
    return of.customer_name if of.customer_name is not None else f"customer {of.customer_id}"
