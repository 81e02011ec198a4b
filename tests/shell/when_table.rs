//! What each function, operator and macro of a condition does, as a person reads it.

use std::fmt::Write as _;

use super::when::{asking, difference, expected, facts};

/// Each function, operator and macro, as a person reads it.
const TABLE: [(&str, &str); 3] = [
    (
        "holds",
        r#"
steps.a.status == 'ok'
steps["x/d-1"].status != 'failed'
steps.b.exit_code == 7
steps.a.output == "it's \"q\" \\n $(x) `y` %s\né🦀"
steps.a.output.size() == 26
size("日本語") == 3
steps.a.output.endsWith('🦀') && !steps.a.output.endsWith('\n')
steps.a.output.startsWith('it\'s')
steps.a.output.contains('$(x)') && !steps.a.output.contains('$(y)')
'b' > 'a' && 'é' > 'z' && '🦀' > '\uffff' && 'a' < 'ab' && '' < 'a'
'10' < '9'
int(steps["x/d-1"].output) + 1 == 43
inputs.whole == -9007199254740993
inputs.whole < -9007199254740992.0
inputs.whole + 1 == -9007199254740992.0
inputs.port * 2 == 16160
inputs.real == 2.5
inputs.real / 0.0 > 1e308
inputs.flag
inputs.text == "café 'x' \\t"
inputs.wait == '30s'
9223372036854775807 - 1 == 9223372036854775806
-9223372036854775808 / 10 == -922337203685477580
-9223372036854775808 % 10 == -8
7 / -2 == -3 && 7 % -2 == 1 && -7 % 2 == -1
3037000499 * 3037000499 == 9223372030926249001
18446744073709551615u / 10u == 1844674407370955161u
18446744073709551615u > 9223372036854775807
1u == 1 && 1 == 1.0 && 1u in [1.0] && 2 in {2u: 'x'}
0.1 + 0.2 != 0.3 && string(0.1 + 0.2) == '0.30000000000000004'
string(1e21) == '1000000000000000000000' && string(1.5e-7) == '0.00000015'
string(9007199254740993.0) == '9007199254740992' && string(-0.0) == '-0' && string(2.0) == '2'
string(1.0 / 0.0) == 'inf' && string(-1.0 / 0.0) == '-inf' && string(0.0 / 0.0) == 'NaN'
0.0 / 0.0 != 0.0 / 0.0 && !(0.0 / 0.0 < 1) && !(1 >= 0.0 / 0.0)
-1.0 / 0.0 == 1.0 / -0.0
string(false) == 'false' && {string(false): 1, 'g': 2}.map(k, k)[0] == 'false'
string(true) + string(-5) + string(7u) + string('x') == 'true-57x'
string(duration('1h30m') + duration('1.5s')) == '5401.5s'
duration('1m') == duration('60s') && duration('90s') > duration('1m') && duration('-1s') < duration('0s')
string(duration('1s') - duration('2.25s')) == '-1.25s'
int('+08') == 8 && int(2.9) == 2 && int(-2.9) == -2 && int(5u) == 5
uint('010') == 10u && uint(3.99) == 3u
double('010') == 10.0 && double('1e3') == 1000.0 && double('.5') == 0.5 && double('INFINITY') > 1.0
double(9007199254740993) == 9007199254740992.0
[1, 2] + [3] == [1, 2, 3] && [1] != [1, 2] && [1u] == [1.0] && [] == []
[1, [2]][1][0] == 2 && [1, 2][1.0] == 2
{'a': 1, 'b': [2]}.b[0] == 2 && {1: 'x'}[1u] == 'x' && {true: 1}[true] == 1
{'a': 1, 'b': 2} == {'b': 2.0, 'a': 1} && {'a': 1} != {'a': 2} && {'a': 1} != {'b': 1}
has({'a': 1}.a) && !has({'a': 1}.b) && 'a' in {'a': 1} && !('b' in {'a': 1})
has(steps.a.output) && has(inputs.port)
[1, 2, 3].all(x, x > 0) && [].all(x, false) && ![1, 2].all(x, x > 1)
[1, 2, 3].exists(x, x == 3) && ![].exists(x, true)
[1, 2, 3].exists_one(x, x > 2) && ![1, 2, 3].exists_one(x, x > 1)
[1, 2, 3].filter(x, x != 2) == [1, 3]
[1, 2].map(x, x * 10) == [10, 20] && [1, 2, 3].map(x, x > 1, string(x)) == ['2', '3']
{'b': 1, 'a': 2, 'c': 3}.map(k, k) == ['a', 'b', 'c'] && {2: 0, 1: 0, true: 0, 'x': 0}.map(k, string(k)) == ['true', '1', '2', 'x']
[1, 2].all(x, [10, 20].exists(y, y == x * 10)) && [[1], [2]].map(x, x.map(x, x + 1)) == [[2], [3]]
[{'a': {'b': 3}}].all(x, x.a.b == 3)
steps.b.exit_code > 5 ? true : 1 / 0 == 1
1 / 0 == 1 || true
steps.b.output == '' || inputs.flag
!(false && steps.b.output == '')
[0, 1].exists(x, 1 / x == 1)
null == null && null != 1 && !(null in [0])
false < true
inputs.port in [80, 8080] && !(inputs.port in [])
steps.a.output.matches('q') && steps.a.output.matches("^it's") && steps.a.output.matches('(?m)^é.$') && !steps.a.output.matches('^é')
'abc123'.matches('^[a-c]+\\d{3}$') && 'x'.matches('') && !'ab'.matches('^(a|b)$') && 'ab'.matches('^(?:a|b){2,}$')
'ÄRGER'.matches('(?i)^ärger$') && '٣'.matches('^\\d$') && 'é'.matches('^\\w$') && !'é'.matches('^[[:alpha:]]$')
'a b'.matches('a\\b') && 'ab'.matches('a\\B') && matches('a.b', '^a\\.b\\z') && 'a\nb'.matches('(?s)a.b') && !'a\nb'.matches('a.b')
'-]^'.matches('^[]^-]+$') && 'x'.matches('[^\\s\\d]') && 'Ω'.matches('\\p{Greek}') && 'aab'.matches('^a{2}b??$')
'ok'.matches('^(?P<word>o(k|x)?)$') && 'a'.matches('a|') && 'foo=1;bar=2'.matches('(^|;)bar=\\d+(;|$)')
"#,
    ),
    (
        "does_not",
        r#"
steps.a.status == 'failed'
steps["x/d-1"].output == '042'
!inputs.flag
int('-0') != 0
inputs.text.contains('"')
'a' == 'A'
'é' == 'e\u0301'
1 == 2 && missing
"#,
    ),
    (
        "undecidable",
        r#"
steps.b.output == ''
steps.c.exit_code == 0
steps.c.output == ''
steps.w0.status == 'ok'
inputs.size == '1GB'
inputs.key == ''
inputs.missing == 1
has(inputs.size)
steps.all(s, true)
steps
inputs.port
'true'
steps.a.output.x == 1
9223372036854775807 + 1 == 0
-(-9223372036854775808) == 0
-9223372036854775808 / -1 == 0
-9223372036854775808 % -1 == 0
0u - 1u == 0u
18446744073709551615u + 1u == 0u
1 / 0 == 1
1 % 0 == 1
1 + 1.0 == 2.0
1 + 1u == 2
5.0 % 2.0 == 1.0
int(steps.a.output) == 1
int(' 1') == 1
int('1\n') == 1
int('9223372036854775808') == 1
int(1e19) == 1
int(0.0 / 0.0) == 1
uint('-1') == 1u
uint(-0.5) == 0u
uint(-1) == 1u
double('0x1') == 1.0
double('1e') == 1.0
double('') == 0.0
[1][1] == 1
[1][-1] == 1
[1]['0'] == 1
{'a': 1}.b == 1
{'a': 1, 'a': 2} == {}
{1: 1, 1u: 2} == {}
{1.0: 1} == {}
1 < 'a'
[1] < [2]
null < null
!1 == 1
true && 1 == 1 && 'x'
true ? 1 : 2
[1].all(x, x)
[0, 2].all(x, 1 / x == 0 || x == 2)
[1, 0].map(x, 1 / x) == []
'x'.matches('(') || false
size(1) == 1
nothing(1) == 1
'x'.startsWith(1)
duration('soon') == duration('1s')
1 in 'x'
[1].exists_one(x, x / 0 == 1)
"#,
    ),
];

#[test]
fn each_function_and_operator_does_what_it_says() {
    let mut faults = String::new();
    for (verdict, lines) in TABLE {
        let whens: Vec<String> = lines.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        assert!(whens.len() > 5);
        for (when, found) in whens.iter().zip(expected(&asking(&whens), &facts())) {
            if found != verdict {
                writeln!(faults, "the machine: {found}, not {verdict}\n{when}").unwrap();
            }
        }
        if let Err(fault) = difference(&whens, &[facts()]) {
            writeln!(faults, "{fault}").unwrap();
        }
    }
    assert!(faults.is_empty(), "{faults}");
}
