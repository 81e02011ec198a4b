"""The expressions of `when`: the subset of CEL that README.md tells.

`parse` gives a tree or raises Refused; `truth` gives what it says under some names or raises Undecidable.
"""

import re


class Refused(Exception):
    """A plan is not run at all."""


class Undecidable(Exception):
    """An expression has no value."""


TOKEN = re.compile(
    r"""\s*(?: (?P<number>0[xX][0-9a-fA-F]+ | (?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?)
             | (?P<raw>[rR](?:"[^"\n]*"|'[^'\n]*'))
             | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
             | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
             | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]]) )""",
    re.VERBOSE,
)
ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
LEVELS = [["||"], ["&&"], ["==", "!=", "<", "<=", ">", ">=", "in"], ["+", "-"], ["*", "/", "%"]]
FUNCTIONS = {"size": 1, "startsWith": 2, "endsWith": 2, "contains": 2, "matches": 2, "int": 1, "double": 1, "string": 1}


def unescaped(text):
    def one(match):
        code = match.group(1)
        if code[0] in "xXuU" and len(code) > 1:
            return chr(int(code[1:], 16))
        return ESCAPES.get(code, code)

    return re.sub(r"\\(x[0-9a-fA-F]{2}|X[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", one, text)


def parse(text):
    """Text to a tree of tuples."""
    return Parser(text).whole()


class Parser:
    def __init__(self, text):
        self.tokens, at = [], 0
        text = text.rstrip()
        while at < len(text):
            match = TOKEN.match(text, at)
            if not match:
                raise Refused(f"`{text}` is no expression")
            self.tokens.append((match.lastgroup, match.group(match.lastgroup)))
            at = match.end()
        self.tokens.append(("end", ""))
        self.at = 0

    def whole(self):
        tree = self.choice()
        if self.tokens[self.at][0] != "end":
            raise Refused("an expression goes on after its end")
        return tree

    def takes(self, *signs):
        kind, text = self.tokens[self.at]
        if text in signs and kind in ("sign", "word"):
            self.at += 1
            return text
        return None

    def must(self, sign):
        if not self.takes(sign):
            raise Refused(f"`{sign}` is missing in an expression")

    def choice(self):
        condition = self.binary(0)
        if not self.takes("?"):
            return condition
        then = self.binary(0)
        self.must(":")
        return ("?:", condition, then, self.choice())

    def binary(self, level):
        if level == len(LEVELS):
            return self.unary()
        tree = self.binary(level + 1)
        while sign := self.takes(*LEVELS[level]):
            tree = (sign, tree, self.binary(level + 1))
        return tree

    def unary(self):
        if self.takes("!"):
            return ("!", self.unary())
        if self.takes("-"):
            return ("neg", self.unary())
        tree = self.primary()
        while True:
            if self.takes("."):
                name = self.word()
                tree = self.call(name, [tree]) if self.takes("(") else ("[]", tree, ("value", name))
            elif self.takes("["):
                tree = ("[]", tree, self.choice())
                self.must("]")
            else:
                return tree

    def word(self):
        kind, text = self.tokens[self.at]
        if kind != "word":
            raise Refused("a name is missing in an expression")
        self.at += 1
        return text

    def items(self, close):
        found = []
        while not self.takes(close):
            found.append(self.choice())
            if not self.takes(","):
                self.must(close)
                break
        return found

    def call(self, name, before):
        arguments = before + self.items(")")
        if FUNCTIONS.get(name) != len(arguments):
            raise Refused(f"`{name}` is no function that this runner knows")
        return ("call", name, arguments)

    def primary(self):
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            if text[:2] in ("0x", "0X"):
                return ("value", int(text, 16))
            return ("value", float(text) if re.search("[.eE]", text) else int(text))
        if kind == "raw":
            return ("value", text[2:-1])
        if kind == "text":
            return ("value", unescaped(text[1:-1]))
        if kind == "word" and text in ("true", "false", "null"):
            return ("value", {"true": True, "false": False, "null": None}[text])
        if kind == "word":
            return self.call(text, []) if self.takes("(") else ("name", text)
        if text == "(":
            tree = self.choice()
            self.must(")")
            return tree
        if text == "[":
            return ("list", self.items("]"))
        raise Refused(f"`{text}` has no place in an expression")


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def equal(a, b):
    if is_number(a) and is_number(b):
        return a == b
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(equal(x, y) for x, y in zip(a, b))
    return type(a) is type(b) and a == b


def bounded(number):
    if isinstance(number, int) and not -(2**63) <= number < 2**63:
        raise Undecidable("out of range")
    return number


def arithmetic(sign, a, b):
    if sign == "+" and type(a) is type(b) and isinstance(a, (str, list)):
        return a + b
    if not (is_number(a) and type(a) is type(b)):
        raise Undecidable(f"`{sign}` does not apply")
    if sign in "+-*":
        return bounded({"+": a + b, "-": a - b, "*": a * b}[sign])
    if b == 0 or (sign == "%" and isinstance(a, float)):
        raise Undecidable(f"`{sign}` does not apply")
    if isinstance(a, float):
        return a / b
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    return bounded(quotient if sign == "/" else a - b * quotient)


def called(name, values):
    first = values[0]
    if name == "size" and isinstance(first, (str, list)):
        return len(first)
    if name == "string" and isinstance(first, (str, bool, int)):
        return str(first).lower() if isinstance(first, bool) else str(first)
    if name in ("int", "double") and (is_number(first) or isinstance(first, str)):
        try:
            return bounded(int(first)) if name == "int" else float(first)
        except (ValueError, OverflowError) as error:
            raise Undecidable(str(error)) from error
    if len(values) == 2 and all(isinstance(value, str) for value in values):
        second = values[1]
        if name == "matches":
            return re.search(second, first) is not None
        starts, ends = first.startswith(second), first.endswith(second)
        return {"startsWith": starts, "endsWith": ends, "contains": second in first}[name]
    raise Undecidable(f"`{name}` does not apply")


def evaluate(tree, names):
    value = found(tree, names)
    if isinstance(value, dict):
        raise Undecidable("it is only a part of a name")
    return value


def found(tree, names):
    """The value, or what is known of a name such as `steps.a` that is not yet whole."""
    kind = tree[0]
    if kind == "value":
        return tree[1]
    if kind == "name":
        if tree[1] not in names:
            raise Undecidable(f"`{tree[1]}` is not there")
        return names[tree[1]]
    if kind == "list":
        return [evaluate(item, names) for item in tree[1]]
    if kind == "call":
        return called(tree[1], [evaluate(argument, names) for argument in tree[2]])
    if kind == "?:":
        return evaluate(tree[2] if truth(tree[1], names) else tree[3], names)
    if kind in ("&&", "||"):
        decides, errors = kind == "||", []
        for side in tree[1:]:
            try:
                if truth(side, names) == decides:
                    return decides
            except Undecidable as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return not decides
    if kind == "!":
        return not truth(tree[1], names)
    if kind == "neg":
        value = evaluate(tree[1], names)
        if not is_number(value):
            raise Undecidable("`-` does not apply")
        return bounded(-value)
    if kind == "[]":
        a, b = found(tree[1], names), evaluate(tree[2], names)
        of_name = isinstance(a, dict) and tree[2][0] == "value" and isinstance(b, str) and b in a
        of_list = isinstance(a, list) and type(b) is int and 0 <= b < len(a)
        if not (of_name or of_list):
            raise Undecidable(f"`{b}` is not there")
        return a[b]
    a, b = evaluate(tree[1], names), evaluate(tree[2], names)
    if kind in ("==", "!="):
        return equal(a, b) == (kind == "==")
    if kind == "in":
        if not isinstance(b, list):
            raise Undecidable("`in` does not apply")
        return any(equal(a, item) for item in b)
    if kind in ("<", "<=", ">", ">="):
        if not ((is_number(a) and is_number(b)) or (type(a) is type(b) and isinstance(a, (str, bool)))):
            raise Undecidable(f"`{kind}` does not apply")
        return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[kind]
    return arithmetic(kind, a, b)


def truth(tree, names):
    value = evaluate(tree, names)
    if not isinstance(value, bool):
        raise Undecidable("it is neither true nor false")
    return value
