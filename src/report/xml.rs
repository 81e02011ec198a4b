//! Writes small XML documents: elements in lines of their own, indented, whatever their texts hold.
//!
//! XML has no way to spell most control characters, not even escaped. Like everything that does not show,
//! they are spelled out as [`visible`](super::visible) does; line breaks and tabs stay what they are.

use std::fmt::Write;

use super::visible::{push_visible, shows};

/// Attributes by name, in the order to write them.
pub(super) type Attributes<'a> = &'a [(&'static str, String)];

/// A document under way.
#[derive(Debug)]
pub(super) struct Xml {
    out: String,
    open: Vec<&'static str>,
}

impl Xml {
    /// A document without an element so far.
    pub(super) fn new() -> Self {
        Self { out: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(), open: Vec::new() }
    }

    /// An element around what `inside` adds.
    pub(super) fn element(
        &mut self,
        name: &'static str,
        attributes: Attributes<'_>,
        inside: impl FnOnce(&mut Self),
    ) {
        self.start(name, attributes);
        let empty = self.out.len();
        self.out.push_str(">\n");
        self.open.push(name);
        let before = self.out.len();
        inside(self);
        self.open.pop();
        if self.out.len() == before {
            self.out.truncate(empty);
            self.out.push_str("/>\n");
        } else {
            self.indent();
            writeln!(self.out, "</{name}>").expect("writing to a string succeeds");
        }
    }

    /// An element around a text, which stays as it is: no line break or blank is added.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) {
        self.start(name, attributes);
        if text.is_empty() {
            self.out.push_str("/>\n");
        } else {
            self.out.push('>');
            push_escaped(&mut self.out, text, Inside::Element);
            writeln!(self.out, "</{name}>").expect("writing to a string succeeds");
        }
    }

    /// The document.
    pub(super) fn finish(self) -> String {
        self.out
    }

    fn start(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.indent();
        write!(self.out, "<{name}").expect("writing to a string succeeds");
        for (name, value) in attributes {
            write!(self.out, " {name}=\"").expect("writing to a string succeeds");
            push_escaped(&mut self.out, value, Inside::Attribute);
            self.out.push('"');
        }
    }

    fn indent(&mut self) {
        self.out.extend(std::iter::repeat_n("  ", self.open.len()));
    }
}

/// Where a text stands: a reader turns the line breaks of an attribute to blanks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    Attribute,
    Element,
}

fn push_escaped(out: &mut String, text: &str, inside: Inside) {
    let mut before = None;
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            // Only `]]>` is forbidden, but nobody has to know.
            '>' => out.push_str("&gt;"),
            '"' if inside == Inside::Attribute => out.push_str("&quot;"),
            '\n' if inside == Inside::Attribute => out.push_str("&#10;"),
            '\t' if inside == Inside::Attribute => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(c),
            _ if shows(c, before) => out.push(c),
            _ => {
                let mut spelled = String::new();
                push_visible(&mut spelled, c, before);
                push_escaped(out, &spelled, inside);
            }
        }
        before = Some(c);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_text_and_no_markup(text in any::<String>()) {
            // The characters that XML 1.0 lets stand in a document.
            let is_legal = |c: char| matches!(c, '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
            for inside in [Inside::Attribute, Inside::Element] {
                let mut escaped = String::new();
                push_escaped(&mut escaped, &text, inside);
                prop_assert!(escaped.chars().all(is_legal) && !escaped.contains(['<', '>']), "{escaped:?}");
                prop_assert!(inside == Inside::Element || !escaped.contains(['"', '\n', '\t']), "{escaped:?}");
            }
        }
    }

    #[test]
    fn texts_stay_texts() {
        let mut xml = Xml::new();
        let hostile = "]]> <!--\t\"'&\r\n\u{1b}[0m\u{fffe}\u{0} é👨\u{200d}👩";
        xml.element("a", &[("b", hostile.to_owned())], |xml| xml.leaf("c", &[], hostile));
        assert_eq!(
            xml.finish(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <a b=\"]]&gt; &lt;!--&#9;&quot;'&amp;&#13;&#10;&lt;U+001B&gt;[0m&lt;U+FFFE&gt;&lt;U+0000&gt; é👨\u{200d}👩\">\n  \
             <c>]]&gt; &lt;!--\t\"'&amp;&#13;\n&lt;U+001B&gt;[0m&lt;U+FFFE&gt;&lt;U+0000&gt; é👨\u{200d}👩</c>\n\
             </a>\n"
        );
    }

    #[test]
    fn what_is_empty_is_short() {
        let mut xml = Xml::new();
        xml.element("a", &[], |xml| {
            xml.element("b", &[("c", String::new())], |_| ());
            xml.leaf("d", &[], "");
        });
        assert!(xml.finish().ends_with("<a>\n  <b c=\"\"/>\n  <d/>\n</a>\n"));
    }
}
