//! The words of a query. Strings and comments end where the parser ends them;
//! what is no word of GraphQL comes out as [`Token::Other`].
//! <https://spec.graphql.org/October2021/#sec-Appendix-Grammar-Summary.Lexical-Tokens>

use async_graphql::Pos;

use super::{Refused, TOKENS};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Name(&'a str),
    /// `...`
    Spread,
    /// `{`, `(`, `[`
    Open(u8),
    /// `}`, `)`, `]`
    Close,
    /// `@`
    At,
    /// Values and all else.
    Other,
}

const BLOCK: &[u8] = b"\"\"\"";
const ESCAPED_BLOCK: &[u8] = b"\\\"\"\"";
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

pub(super) struct Lexer<'a, 'steps> {
    text: &'a str,
    at: usize,
    /// Where the latest token began.
    token_start: usize,
    tokens: usize,
    /// Bytes looked at.
    steps: &'steps mut usize,
}

impl<'a, 'steps> Lexer<'a, 'steps> {
    pub(super) fn new(text: &'a str, steps: &'steps mut usize) -> Self {
        Self {
            text,
            at: 0,
            token_start: 0,
            tokens: 0,
            steps,
        }
    }

    /// None at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token<'a>>, Refused> {
        self.skip_ignored();
        let Some(&first) = self.rest().first() else {
            return Ok(None);
        };
        self.token_start = self.at;
        self.tokens += 1;
        TOKENS.hold(self.tokens)?;
        let token = match first {
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => Token::Name(self.take_while(is_name)),
            b'.' if self.rest().starts_with(b"...") => {
                self.advance(3);
                Token::Spread
            }
            b'-' | b'.' | b'0'..=b'9' => {
                self.advance(1);
                self.take_while(|byte| is_name(byte) || matches!(byte, b'.' | b'+' | b'-'));
                Token::Other
            }
            b'"' => {
                self.skip_string()?;
                Token::Other
            }
            b'{' | b'(' | b'[' => {
                self.advance(1);
                Token::Open(first)
            }
            b'}' | b')' | b']' => {
                self.advance(1);
                Token::Close
            }
            b'@' => {
                self.advance(1);
                Token::At
            }
            _ => {
                self.advance(1);
                Token::Other
            }
        };
        Ok(Some(token))
    }

    /// The next token if it is a name; else it stays.
    pub(super) fn next_name(&mut self) -> Result<Option<&'a str>, Refused> {
        self.skip_ignored();
        let is_name = self.rest().first().is_some_and(|&byte| is_name_start(byte));
        match is_name.then(|| self.next()).transpose()?.flatten() {
            Some(Token::Name(name)) => Ok(Some(name)),
            _ => Ok(None),
        }
    }

    /// Whether a colon is next; it stays.
    pub(super) fn is_before_colon(&mut self) -> bool {
        self.skip_ignored();
        self.rest().first() == Some(&b':')
    }

    /// At the latest token.
    pub(super) fn unreadable(&self, expected: &'static str) -> Refused {
        let before = self.text.get(..self.token_start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let at = Pos {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        };
        Refused::Unreadable { at, expected }
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn advance(&mut self, bytes: usize) {
        self.at += bytes;
        *self.steps += bytes;
    }

    fn take_while(&mut self, holds: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        let length = self.rest().iter().take_while(|&&byte| holds(byte)).count();
        self.advance(length);
        // Only ever asked for ASCII, so it ends between characters.
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn skip_ignored(&mut self) {
        loop {
            match self.rest() {
                [b' ' | b'\t' | b'\r' | b'\n' | b',', ..] => self.advance(1),
                [b'#', ..] => {
                    self.take_while(|byte| !matches!(byte, b'\r' | b'\n'));
                }
                rest if rest.starts_with(BYTE_ORDER_MARK) => self.advance(BYTE_ORDER_MARK.len()),
                _ => return,
            }
        }
    }

    fn skip_string(&mut self) -> Result<(), Refused> {
        if self.rest().starts_with(BLOCK) {
            self.advance(BLOCK.len());
            return self.skip_block();
        }
        self.advance(1);
        loop {
            match self.rest() {
                [b'"', ..] => {
                    self.advance(1);
                    return Ok(());
                }
                [b'\\', b'\r' | b'\n', ..] | [b'\r' | b'\n', ..] | [] => {
                    return Err(self.unreadable("the end of a string"));
                }
                // Its second half may be all there is.
                [b'\\', _, ..] => self.advance(2),
                [_, ..] => self.advance(1),
            }
        }
    }

    fn skip_block(&mut self) -> Result<(), Refused> {
        loop {
            match self.rest() {
                [] => return Err(self.unreadable("the end of a block string")),
                rest if rest.starts_with(ESCAPED_BLOCK) => self.advance(ESCAPED_BLOCK.len()),
                rest if rest.starts_with(BLOCK) => {
                    self.advance(BLOCK.len());
                    return Ok(());
                }
                [_, ..] => self.advance(1),
            }
        }
    }
}

fn is_name_start(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphabetic()
}

fn is_name(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric()
}
