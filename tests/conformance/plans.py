"""What a plan says, before anything runs: whether it may, its gates, inputs and conditions."""

import hashlib
import json
import re

from expressions import Refused, parse


def canonical(value):
    """RFC 8785, for plans whose numbers are whole, as all of them are in the kit."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def examine(plan):
    """Refuses a plan that was changed or has no meaning; gives its parsed expressions by step."""
    rest = {key: value for key, value in plan.items() if key != "digest"}
    if plan["digest"] != "sha256:" + hashlib.sha256(canonical(rest).encode()).hexdigest():
        raise Refused("the digest is not right")
    rollbacks = plan.get("rollbacks", [])
    steps = plan["steps"] + [step for of in rollbacks for step in of["steps"]] + plan.get("finally", [])
    ids, main = [step["id"] for step in steps], [step["id"] for step in plan["steps"]]
    if len(set(ids)) < len(ids):
        raise Refused("two steps share an id")
    named = [need for step in plan["steps"] for need in step.get("needs", [])]
    if not set(named + [step for of in rollbacks for step in of.get("after", [])]) <= set(main):
        raise Refused("there is no such step")
    met = set()
    for _ in main:
        met |= {step["id"] for step in plan["steps"] if set(step.get("needs", [])) <= met}
    if len(met) < len(main):
        raise Refused("a step needs itself in the end")
    if any(step.get("verify", {}).get("attempts") == 0 for step in steps):
        raise Refused("a verification has no polls")
    if any(step.get("start_before", {"since": ids[0]})["since"] not in ids for step in steps if ids):
        raise Refused("there is no such step")
    if any(step.get("probe") and not may_probe(step) for step in steps):
        raise Refused("what changes something is no probe")
    there = {name: of["capacity"] for name, of in plan.get("resources", {}).items()}
    taken = [item for step in plan["steps"] for item in step.get("resources", {}).items()]
    if any(units > there.get(name, 0) for name, units in taken):
        raise Refused("a step takes more of a resource than there is")
    if any(step["breaker"] not in plan.get("breakers", {}) for step in plan["steps"] if "breaker" in step):
        raise Refused("there is no such circuit breaker")
    if any(step["action"]["kind"] == "file" for step in steps):
        raise Refused("the kit has no steps that write files")
    return {step["id"]: parse(step["when"]) for step in steps if "when" in step}


def may_probe(step):
    action = step["action"]
    asks = action["kind"] in ("command", "condition")
    alone = "verify" not in step and not step.get("remedies") and step["retry"]["retries"] == 0
    return asks and step["read_only"] and alone


def gates_of(plan):
    policy = plan["policy"]

    def prose(condition):
        return condition["mandatory"] and "check" not in condition

    def asks(action):
        return action["kind"] == "manual" or (action["kind"] == "condition" and prose(action["condition"]))

    conditions = plan.get("preconditions", []) + plan.get("postconditions", [])
    person = any(map(prose, conditions)) or any(asks(step["action"]) for step in plan["steps"])
    there = [
        ("lock", "lock" in policy),
        ("earlier", "idempotency" in policy),
        ("inputs", plan.get("inputs")),
        ("window", "window" in policy),
        ("approval", policy.get("approvals")),
        ("attendance", person),
    ]
    return [gate for gate, is_there in there if is_there]


def inputs_of(plan):
    def typed(kind, text):
        if kind in ("int", "port"):
            return int(text)
        if kind == "float":
            return float(text)
        return text == "true" if kind == "bool" else text

    found = {}
    for given in plan.get("inputs", []):
        text = given.get("value", given.get("default"))
        if text is not None:
            found[given["name"]] = typed(given["type"], text)
    return found


def satisfies(measure, printed):
    line = re.split("\n", printed)[0].strip(" \t\r")
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", line):
        return False
    a, b = float(line), float(measure["value"])
    return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b}[measure["op"]]


def judged(condition, ending):
    if ending.ended in ("confirmed", "declined"):
        return {"confirmed": "attested", "declined": "declined"}[ending.ended]
    if ending.ended == "unasked":
        return "unconfirmed"
    measure = condition["check"].get("measure")
    holds = ending.is_success and (measure is None or satisfies(measure, ending.stdout))
    return "held" if holds else "failed"


def passes(condition, status):
    return status in ("held", "attested", "unconfirmed") or not condition["mandatory"]


def backoff(retry, attempts):
    doublings = attempts - 1 if retry["backoff"] == "exponential" else 0
    ms = retry["delay_ms"] * 2**doublings
    return min(ms, retry.get("max_delay_ms", ms))
