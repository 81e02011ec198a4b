"""Plays the cases of the conformance kit on a virtual clock: a runner that was written from README.md alone.

    python3 runner.py [CASE.json ...]

Prints PASS or FAIL and what differs for each case, and ends with 1 where a trace is not the expected one.
"""

import heapq
import json
import pathlib
import re
import sys

# No compiled files are to stand beside the cases.
sys.dont_write_bytecode = True

from expressions import Refused, Undecidable, truth  # noqa: E402
from plans import backoff, examine, gates_of, inputs_of, judged, passes  # noqa: E402

TOLERANT = ("continue", "alert_and_continue")
CHECK_GRACE_MS = 5000
END, CANCEL, DEADLINE = 0, 1, 2


# --- The clock --------------------------------------------------------------------------------------------


class Wait:
    """Asks for a wait; the answer is False where it was cut short."""

    def __init__(self, ms):
        self.ms = ms


class Job:
    """Asks for a command; the answer is how it ended."""

    def __init__(self, command, timeout, grace, until=None):
        self.command, self.timeout, self.grace, self.until = command, timeout, grace, until


class Person:
    """Asks a person; the answer is how they did."""

    def __init__(self, words, until=None):
        self.words, self.until = words, until


class Ending:
    def __init__(self, ended, code=None, stdout="", stderr=""):
        self.ended, self.code, self.stdout, self.stderr = ended, code, stdout, stderr

    @property
    def is_success(self):
        return self.ended in ("confirmed", "unasked") or (self.ended == "exited" and self.code == 0)

    def fields(self):
        return {"ended": self.ended} if self.code is None else {"ended": self.ended, "exit_code": self.code}


class Due:
    """Something that will happen, and when."""

    def __init__(self, at, kind, begun, task=None, answer=None):
        self.at, self.kind, self.begun, self.task, self.answer, self.is_void = at, kind, begun, task, answer, False

    def __lt__(self, other):
        return (self.at, self.kind, self.begun) < (other.at, other.kind, other.begun)


class Task:
    """A thread of the run: a generator, and what it waits for."""

    def __init__(self, generator):
        self.generator, self.asked, self.due, self.is_over = generator, None, None, False


class Step:
    def __init__(self, step):
        self.plan = step
        self.task, self.status, self.is_over, self.is_ready, self.begun = None, None, False, False, False
        self.has_started, self.started_at = False, None
        self.is_scheduled, self.has_come = False, "start_at_ms" not in step
        self.attempts, self.code, self.output, self.remedied = 0, None, None, {}


# --- A run ------------------------------------------------------------------------------------------------


class Run:
    def __init__(self, plan, world):
        self.whens = examine(plan)
        self.plan, self.world, self.now, self.begun, self.ahead = plan, world, 0, 0, []
        self.trace, self.counts, self.completed, self.fails = [], {}, [], {}
        self.main = [Step(step) for step in plan["steps"]]
        self.rollbacks = [[Step(step) for step in of["steps"]] for of in plan.get("rollbacks", [])]
        self.final = [Step(step) for step in plan.get("finally", [])]
        self.steps = {s.plan["id"]: s for s in self.main + [s for of in self.rollbacks for s in of] + self.final}
        self.inputs, self.cause, self.part, self.departed = inputs_of(plan), None, "gates", 0
        self.is_degraded, self.rollback_failed, self.has_deadline = False, False, False

    def write(self, event, **fields):
        self.trace.append({"at_ms": self.now, "event": event, **fields})

    def play(self):
        if "cancel_at_ms" in self.world:
            heapq.heappush(self.ahead, Due(self.world["cancel_at_ms"], CANCEL, 0))
        self.way = Task(self.whole())
        self.go_on(self.way, None)
        self.settle()
        while not self.way.is_over:
            due = heapq.heappop(self.ahead)
            if due.is_void:
                continue
            if due.at == float("inf"):
                raise Refused("its run never ends")
            self.now = due.at
            if due.kind == CANCEL:
                self.break_off("cancelled")
            elif due.kind == DEADLINE:
                if self.has_deadline:
                    self.break_off("deadline")
            else:
                self.go_on(due.task, due.answer)
            self.settle()
        return self.trace

    def go_on(self, task, answer):
        """Lets a task go on until it asks for something that takes its time."""
        task.due = None
        try:
            task.asked = task.generator.send(answer)
        except StopIteration:
            task.is_over, task.asked = True, None
            return
        if isinstance(task.asked, Wait):
            self.at(task, task.asked.ms, True)
        elif getattr(task.asked, "until", None) is not None and task.asked.until <= self.now:
            self.at(task, 0, Ending("late", 124))
        elif isinstance(task.asked, Person):
            declined = task.asked.words in self.world.get("people", {})
            self.at(task, 0, Ending("declined" if declined else "confirmed"))
        elif isinstance(task.asked, Job):
            self.start(task, task.asked)

    def at(self, task, ms, answer):
        self.begun += 1
        task.due = Due(self.now + ms, END, self.begun, task, answer)
        heapq.heappush(self.ahead, task.due)

    def start(self, task, job):
        name = job.command[len("act "):]
        acts = self.world.get("jobs", {}).get(name, [{}])
        count = self.counts.get(name, 0)
        self.counts[name] = count + 1
        act = acts[min(count, len(acts) - 1)]
        job.deaf_for = job.grace if act.get("ignores_term") else 0
        takes = None if act.get("hangs") else act.get("takes_ms", 0)
        stdout, stderr = act.get("stdout", ""), act.get("stderr", "")
        ending = Ending("exited", act.get("exit", 0), stdout, stderr)
        if job.timeout is not None and (takes is None or takes > job.timeout):
            ending = Ending("timed_out", 124, "", stderr)
            killed = job.timeout + job.deaf_for
            takes = killed if takes is None else min(takes, killed)
        left = float("inf") if job.until is None else job.until - self.now
        if left != float("inf") and (takes is None or takes > left):
            ending = Ending("late", 124)
            killed = left + job.deaf_for
            takes = killed if takes is None else min(takes, killed)
        self.at(task, float("inf") if takes is None else takes, ending)

    def stop(self, task):
        """Ends a wait now; a command gets TERM."""
        due = task.due
        due.is_void = True
        if isinstance(task.asked, Wait):
            self.go_on(task, False)
        else:
            deaf = task.asked.deaf_for if isinstance(task.asked, Job) else 0
            task.due = Due(min(due.at, self.now + deaf), END, due.begun, task, Ending("stopped", 124))
            heapq.heappush(self.ahead, task.due)

    def settle(self):
        """Does everything that can be done now."""
        while not self.way.is_over and self.way.asked == "steps":
            if self.cause is None:
                self.start_ready()
            for step in self.main:
                step.is_over = step.is_over or (step.task is not None and step.task.is_over)
            under_way = any(step.task is not None and not step.is_over for step in self.main)
            if under_way or (self.cause is None and not all(step.is_over for step in self.main)):
                return
            self.go_on(self.way, None)

    def whole(self):
        self.write("run_started", version=1, entry=self.plan["entry"]["id"], plan=self.plan["digest"])
        gates = gates_of(self.plan)
        if "lock" not in gates:
            self.set_deadline()
        for gate in gates:
            passed = gate not in self.world.get("gates", {})
            self.write("gate", gate=gate, passed=passed)
            if not passed:
                return self.write("run_ended", outcome="already_done" if gate == "earlier" else "refused")
            if gate == "lock":
                self.set_deadline()
        self.part = "preconditions"
        if not (yield from self.conditions("preconditions")):
            outcome = "cancelled" if self.cause == "cancelled" else "refused"
            return self.write("run_ended", outcome=outcome)
        self.part, self.departed = "steps", self.now
        yield "steps"
        if self.cause is None:
            self.part = "postconditions"
            if not (yield from self.conditions("postconditions")) and self.cause is None:
                self.break_off("postcondition")
        self.part, self.has_deadline = "end", False
        undo, due = [], []
        if self.cause is not None:
            undo = [s for s in reversed(self.completed) if "undo" in s.plan and not s.plan["read_only"]]
            pairs = zip(self.plan.get("rollbacks", []), self.rollbacks)
            after = [(of, steps, of.get("after", [])) for of, steps in pairs]
            due = [(of, s) for of, s, ids in after if not ids or any(self.steps[i].begun for i in ids)]
            yield from self.roll_back(undo, due)
        if self.final:
            self.write("finally_started")
        for step in self.final:
            if (yield from self.in_turn(step)) == "failed":
                self.is_degraded = True
        if self.cause is None:
            outcome = "degraded" if self.is_degraded else "succeeded"
        elif self.rollback_failed:
            outcome = "rollback_failed"
        elif self.cause == "cancelled":
            outcome = "cancelled"
        else:
            outcome = "rolled_back" if undo or due else "failed"
        self.write("run_ended", outcome=outcome)

    def set_deadline(self):
        if "timeout_ms" in self.plan:
            self.has_deadline = True
            heapq.heappush(self.ahead, Due(self.now + self.plan["timeout_ms"], DEADLINE, 0))

    def conditions(self, which):
        """Decides conditions one after another; False where one does not pass."""
        for number, condition in enumerate(self.plan.get(which, []), 1):
            if "check" not in condition and not condition["mandatory"]:
                self.write("condition_ended", list=which, number=number, status="unconfirmed")
                continue
            self.write("condition_started", list=which, number=number)
            check = condition.get("check")
            if check is None:
                ending = yield Person(condition["text"])
            else:
                ending = yield Job(check["command"], check.get("timeout_ms"), CHECK_GRACE_MS)
            status = "cancelled" if self.cause is not None else judged(condition, ending)
            self.write("condition_ended", list=which, number=number, status=status)
            if status == "cancelled" or not passes(condition, status):
                return False
        return True

    def start_ready(self):
        """Starts steps in source order, from the beginning again after one that was over at once."""
        again = True
        while again and self.cause is None:
            again = False
            for step in self.main:
                if step.task is not None or step.is_over:
                    continue
                if not step.is_ready:
                    if not all(self.is_met(need) for need in step.plan.get("needs", [])):
                        continue
                    if not step.has_come:
                        if not step.is_scheduled:
                            step.is_scheduled = True
                            self.go_on(Task(self.schedule(step)), None)
                        continue
                    step.is_ready = True
                    verdict = self.verdict(step)
                    if verdict == "skipped":
                        self.end(step, "skipped")
                        step.is_over = again = True
                        break
                    if verdict == "failed":
                        step.task = Task(self.failed(step))
                        self.go_on(step.task, None)
                        step.is_over = step.task.is_over
                        again = True
                        break
                if not self.has_place(step):
                    continue
                step.task = Task(self.perform(step))
                self.go_on(step.task, None)
                step.is_over = step.task.is_over
                if step.is_over or self.cause is not None:
                    again = True
                    break

    def schedule(self, step):
        at = step.plan["start_at_ms"]
        self.write("waiting", step=step.plan["id"], wait="start_at", ms=at)
        yield Wait(max(0, self.departed + at - self.now))
        step.has_come = True

    def is_met(self, need):
        of = self.steps[need]
        tolerated = of.status == "failed" and of.plan["on_failure"] in TOLERANT
        is_over = of.is_over or (of.task is not None and of.task.is_over)
        return is_over and (of.status in ("ok", "skipped") or tolerated)

    def has_place(self, step):
        running = [of for of in self.main if of.has_started and not of.task.is_over]
        most, mutex = self.plan.get("max_parallel"), step.plan.get("mutex")
        apart = mutex is None or all(of.plan.get("mutex") != mutex for of in running)
        fits = all(
            units + sum(of.plan.get("resources", {}).get(name, 0) for of in running)
            <= self.plan["resources"][name]["capacity"]
            for name, units in step.plan.get("resources", {}).items()
        )
        return apart and fits and (most is None or len(running) < most)

    def verdict(self, step):
        verdict = self.verdict_of_when(step)
        before = step.plan.get("start_before")
        if verdict == "runs" and before is not None:
            started = self.steps[before["since"]].started_at
            if started is not None and self.now - started > before["ms"]:
                return "skipped"
        return verdict

    def verdict_of_when(self, step):
        if step.plan["id"] not in self.whens:
            return "runs"
        seen = {}
        for id, of in self.steps.items():
            if of.status in ("ok", "failed", "skipped"):
                seen[id] = {"status": of.status}
                if of.code is not None:
                    seen[id]["exit_code"] = of.code
                if of.status == "ok" and of.output is not None:
                    seen[id]["output"] = of.output
        try:
            holds = truth(self.whens[step.plan["id"]], {"inputs": self.inputs, "steps": seen})
            return "runs" if holds else "skipped"
        except Undecidable:
            return "failed"

    # --- One step -----------------------------------------------------------------------------------------

    def in_turn(self, step):
        """A step of a list that runs in order; gives its status."""
        verdict = self.verdict(step)
        if verdict == "skipped":
            self.end(step, "skipped")
        else:
            yield from self.failed(step) if verdict == "failed" else self.perform(step)
        return step.status

    def end(self, step, status):
        step.status = status
        code = {} if step.code is None else {"exit_code": step.code}
        self.write("step_ended", step=step.plan["id"], status=status, attempts=step.attempts, **code)
        if step.begun and step in self.main:
            self.completed.append(step)

    def wait(self, step, wait, ms):
        """False where the run was broken off meanwhile."""
        if ms == 0:
            return True
        self.write("waiting", step=step.plan["id"], wait=wait, ms=ms)
        return (yield Wait(ms))

    def late_at(self, step):
        end_by = step.plan.get("end_by_ms")
        return None if end_by is None else self.departed + end_by

    def perform(self, step):
        plan, id = step.plan, step.plan["id"]
        self.write("step_started", step=id)
        step.has_started, step.started_at = True, self.now
        if not (yield from self.wait(step, "delay_before", plan["delay_before_ms"])):
            return self.end(step, "cancelled")
        while True:
            if self.is_open(step):
                return (yield from self.refused(step))
            ending, success = yield from self.attempt(step)
            if ending.ended == "stopped":
                return self.end(step, "cancelled")
            if ending.ended == "late":
                return (yield from self.failed(step))
            if success and "verify" in plan:
                polled = yield from self.verify(step)
                if polled is None:
                    return self.end(step, "cancelled")
                if polled == "late":
                    return (yield from self.failed(step))
                success, ending = polled, Ending("exited", step.code)
            self.count(step, success)
            if success:
                return (yield from self.succeeded(step))
            step.output = None
            what = yield from self.remedy(step, ending.stderr)
            if what == "cancelled":
                return self.end(step, "cancelled")
            if what == "continue":
                return (yield from self.succeeded(step))
            if what in ("abort", "late"):
                return (yield from self.failed(step))
            if not self.may_retry(step):
                return (yield from self.give_up(step))
            if self.is_open(step):
                return (yield from self.refused(step))
            if not (yield from self.wait(step, "backoff", backoff(plan["retry"], step.attempts))):
                return self.end(step, "cancelled")

    def is_open(self, step):
        name = step.plan.get("breaker") if step in self.main else None
        return name is not None and self.fails.get(name, 0) >= self.plan["breakers"][name]["failures"]

    def count(self, step, success):
        if "breaker" in step.plan and step in self.main and not self.is_open(step):
            name = step.plan["breaker"]
            self.fails[name] = 0 if success else self.fails.get(name, 0) + 1

    def refused(self, step):
        self.write("circuit_open", step=step.plan["id"], breaker=step.plan["breaker"])
        yield from self.give_up(step)

    def give_up(self, step):
        """No attempt is left: the fallback, or the end."""
        remedies = step.plan.get("remedies", [])
        last = remedies[-1] if remedies else {}
        if last.get("fallback") and last["max"] > 0 and last["run"] and len(remedies) not in step.remedied:
            step.begun = True
            what = yield from self.run_remedy(step, len(remedies), last)
            if what == "cancelled":
                return self.end(step, "cancelled")
            if what == "continue":
                return (yield from self.succeeded(step))
        elif not step.begun:
            step.has_started = False
        yield from self.failed(step)

    def attempt(self, step):
        plan, id, action = step.plan, step.plan["id"], step.plan["action"]
        step.attempts += 1
        step.begun = True
        self.write("attempt_started", step=id, attempt=step.attempts)
        timeout, condition, until = plan.get("timeout_ms"), action.get("condition"), self.late_at(step)
        if action["kind"] == "command":
            ending = yield Job(action["command"], timeout, plan["grace_ms"], until)
        elif action["kind"] == "manual":
            ending = yield Person(action["instruction"], until)
        elif action["kind"] == "fail":
            ending = Ending("exited", 1)
        elif "check" in condition:
            check = condition["check"]
            ending = yield Job(check["command"], check.get("timeout_ms", timeout), plan["grace_ms"], until)
        elif condition["mandatory"]:
            ending = yield Person(condition["text"], until)
        else:
            ending = Ending("unasked")
        step.code = ending.code
        self.write("attempt_ended", step=id, attempt=step.attempts, **ending.fields())
        success = ending.is_success
        if ending.ended in ("stopped", "late"):
            return ending, False
        if condition is not None:
            success = passes(condition, judged(condition, ending))
        if plan.get("probe"):
            if condition is not None and step.code in (None, 0):
                step.code = 0 if success else 1
            success = True
        if success and plan["output"]:
            step.output = ending.stdout.strip(" \t\r\n")
        return ending, success

    def verify(self, step):
        """True where a poll succeeds, None where the run was broken off, "late" where the step is late."""
        plan, id, verify = step.plan, step.plan["id"], step.plan["verify"]
        for poll in range(1, verify["attempts"] + 1):
            if poll > 1 and not (yield from self.wait(step, "interval", verify["interval_ms"])):
                return None
            self.write("poll_started", step=id, attempt=step.attempts, poll=poll)
            ending = yield Job(verify["command"], verify.get("timeout_ms"), plan["grace_ms"], self.late_at(step))
            self.write("poll_ended", step=id, attempt=step.attempts, poll=poll, **ending.fields())
            if ending.ended in ("stopped", "late"):
                step.code = ending.code
                return None if ending.ended == "stopped" else "late"
            if ending.is_success:
                return True
        step.code = ending.code
        return False

    def may_retry(self, step):
        retry = step.plan["retry"]
        codes = retry.get("on_exit_codes", [])
        return step.attempts < 1 + retry["retries"] and (not codes or step.code in codes)

    def remedy(self, step, stderr):
        """What comes after a failed attempt: "retry" where one is left, "continue", "abort", "cancelled", "late"."""
        plan, id = step.plan, step.plan["id"]
        for number, remedy in enumerate(plan.get("remedies", []), 1):
            codes, pattern = remedy.get("exit_codes", []), remedy.get("stderr_matches")
            fits = step.remedied.get(number, 0) < remedy["max"] and (not codes or step.code in codes)
            fits = fits and (pattern is None or re.search(pattern, stderr) is not None)
            fits = fits and not remedy.get("fallback")
            if fits and (remedy["then"] != "retry" or self.may_retry(step)):
                return (yield from self.run_remedy(step, number, remedy))
        return "retry"

    def run_remedy(self, step, number, remedy):
        plan, id = step.plan, step.plan["id"]
        step.remedied[number] = step.remedied.get(number, 0) + 1
        for place, command in enumerate(remedy["run"], 1):
            which = {"step": id, "attempt": step.attempts, "remedy": number, "command": place}
            self.write("remedy_started", **which)
            ending = yield Job(command, plan.get("timeout_ms"), plan["grace_ms"], self.late_at(step))
            self.write("remedy_ended", **which, **ending.fields())
            if ending.ended in ("stopped", "late"):
                return "cancelled" if ending.ended == "stopped" else "late"
            if not ending.is_success:
                return "abort" if remedy["then"] == "abort" else "retry"
        # A fallback takes the place of the step, whatever it says of attempts.
        return "continue" if remedy.get("fallback") else remedy["then"]

    def succeeded(self, step):
        self.end(step, "ok")
        yield from self.wait(step, "delay_after", step.plan["delay_after_ms"])

    def failed(self, step):
        self.end(step, "failed")
        id, on_failure = step.plan["id"], step.plan["on_failure"]
        if step in self.main:
            if on_failure not in TOLERANT:
                return self.break_off("failure", step)
            self.is_degraded = True
        if on_failure == "alert_and_continue":
            self.write("alert_started", step=id)
            alert = self.plan.get("alerts", {}).get("default")
            delivered = True
            if alert is not None:
                ending = yield Job(alert["command"], alert.get("timeout_ms"), CHECK_GRACE_MS)
                delivered = ending.is_success
            self.write("alert_ended", step=id, delivered=delivered)

    # --- The way back -------------------------------------------------------------------------------------

    def break_off(self, cause, step=None):
        if self.cause is not None or self.part in ("gates", "end"):
            return
        self.cause, self.has_deadline = cause, False
        self.write("broken_off", cause=cause, **({} if step is None else {"step": step.plan["id"]}))
        if self.part in ("preconditions", "postconditions") and self.way.due is not None:
            self.stop(self.way)
        for of in self.main:
            if of is not step and of.task is not None and not of.task.is_over:
                self.stop(of.task)

    def roll_back(self, undo, due):
        if undo or due:
            self.write("rollback_started")
        for step in undo:
            id, plan = step.plan["id"], step.plan
            for _ in range(plan["undo"].get("retries", 0) + 1):
                self.write("undo_started", step=id)
                ending = yield Job(plan["undo"]["command"], plan["undo"].get("timeout_ms"), plan["grace_ms"])
                self.write("undo_ended", step=id, **ending.fields())
                if ending.is_success:
                    break
            self.rollback_failed |= not ending.is_success
        for of, steps in due:
            self.write("procedure_started", procedure=of["procedure"])
            for step in steps:
                self.rollback_failed |= (yield from self.in_turn(step)) == "failed"


# --- The kit ----------------------------------------------------------------------------------------------


def differences(expected, given):
    for number in range(max(len(expected), len(given))):
        wanted = expected[number] if number < len(expected) else None
        found = given[number] if number < len(given) else None
        if wanted != found:
            yield f"  line {number + 1} is {json.dumps(found)}"
            yield f"  and not  {json.dumps(wanted)}"
            return


def main(names):
    folder = pathlib.Path(__file__).parent / "cases"
    files = [pathlib.Path(name) for name in names] or sorted(folder.glob("*.json"))
    failed = 0
    for file in files:
        case = json.loads(file.read_text(encoding="utf-8"))
        try:
            different = list(differences(case["trace"], Run(case["plan"], case["world"]).play()))
        except Refused as reason:
            different = [f"  the plan is refused: {reason}"]
        failed += bool(different)
        print("FAIL" if different else "PASS", case["name"])
        for line in different:
            print(line)
    print(f"{len(files) - failed} of {len(files)} cases pass")
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
