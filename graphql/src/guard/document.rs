//! The operations and fragments of a query, counted.

use super::lexer::{Lexer, Token};
use super::{FRAGMENTS, NESTING, OPERATIONS, Refused, SPREADS};

/// How much of everything there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Totals {
    pub selections: usize,
    pub root_fields: usize,
    pub aliases: usize,
    pub directives: usize,
    pub nesting: usize,
}

#[derive(Debug)]
pub(super) struct Spread<'a> {
    pub fragment: &'a str,
    /// Whether the fragment's outermost fields are those of the definition.
    pub is_at_root: bool,
    /// Brackets that are open around it.
    pub nesting: usize,
}

/// An operation, or a fragment, which has a name.
#[derive(Debug, Default)]
pub(super) struct Definition<'a> {
    pub fragment: Option<&'a str>,
    /// Without what it spreads.
    pub own: Totals,
    pub spreads: Vec<Spread<'a>>,
}

#[derive(Debug, Default)]
pub(super) struct Document<'a> {
    pub definitions: Vec<Definition<'a>>,
    pub introspects: bool,
}

/// A bracket that is open.
#[derive(Clone, Copy)]
enum Frame {
    /// Of arguments, variables or values.
    Value,
    Selections {
        are_root: bool,
    },
}

struct Reader<'a, 'steps> {
    lexer: Lexer<'a, 'steps>,
    document: Document<'a>,
    current: Definition<'a>,
    is_within_definition: bool,
    open: Vec<Frame>,
    /// An inline fragment's selections are yet to come.
    is_inline: bool,
    operations: usize,
    fragments: usize,
    spreads: usize,
}

/// What `text` defines. Introspection is told by the names of fields.
pub(super) fn read<'a>(text: &'a str, steps: &mut usize) -> Result<Document<'a>, Refused> {
    let mut reader = Reader {
        lexer: Lexer::new(text, steps),
        document: Document::default(),
        current: Definition::default(),
        is_within_definition: false,
        open: Vec::new(),
        is_inline: false,
        operations: 0,
        fragments: 0,
        spreads: 0,
    };
    while let Some(token) = reader.lexer.next()? {
        match reader.open.last() {
            Some(Frame::Value) => reader.within_value(token)?,
            Some(&Frame::Selections { are_root }) => reader.among_selections(token, are_root)?,
            None if reader.is_within_definition => reader.within_header(token)?,
            None => reader.between_definitions(token)?,
        }
    }
    // One without an end is for the parser to refuse, but counts.
    reader.document.definitions.push(reader.current);
    Ok(reader.document)
}

impl<'a> Reader<'a, '_> {
    /// The parser takes `queryA` for `query A`, and lets a fragment be named as
    /// what begins a type condition: it would read both differently.
    fn between_definitions(&mut self, token: Token<'a>) -> Result<(), Refused> {
        match token {
            Token::Open(b'{') | Token::Name("query" | "mutation" | "subscription") => {
                self.operations += 1;
                OPERATIONS.hold(self.operations)?;
            }
            Token::Name("fragment") => {
                self.fragments += 1;
                FRAGMENTS.hold(self.fragments)?;
                let name = self.lexer.next_name()?.filter(|&name| name != "on");
                let unnamed = || self.lexer.unreadable("the fragment's name");
                self.current.fragment = Some(name.ok_or_else(unnamed)?);
            }
            _ => return Err(self.lexer.unreadable("an operation or a fragment")),
        }
        self.is_within_definition = true;
        if token == Token::Open(b'{') {
            self.enter(Frame::Selections { are_root: true })?;
        }
        Ok(())
    }

    /// Between a definition's name and its selections.
    fn within_header(&mut self, token: Token<'a>) -> Result<(), Refused> {
        if token == Token::Open(b'{') {
            return self.enter(Frame::Selections { are_root: true });
        }
        self.within_value(token)
    }

    fn within_value(&mut self, token: Token<'a>) -> Result<(), Refused> {
        match token {
            Token::Open(_) => self.enter(Frame::Value)?,
            Token::Close => _ = self.open.pop(),
            Token::At => self.directive()?,
            Token::Name(_) | Token::Spread | Token::Other => {}
        }
        Ok(())
    }

    fn among_selections(&mut self, token: Token<'a>, are_root: bool) -> Result<(), Refused> {
        match token {
            Token::Name(_) if self.lexer.is_before_colon() => self.current.own.aliases += 1,
            Token::Name(name) => {
                self.is_inline = false;
                self.document.introspects |= matches!(name, "__schema" | "__type");
                self.current.own.selections += 1;
                self.current.own.root_fields += usize::from(are_root);
            }
            Token::Spread => self.spread(are_root)?,
            Token::Open(b'{') => {
                let are_root = are_root && self.is_inline;
                self.is_inline = false;
                self.enter(Frame::Selections { are_root })?;
            }
            Token::Close => {
                self.is_inline = false;
                self.open.pop();
                if self.open.is_empty() {
                    let ended = std::mem::take(&mut self.current);
                    self.document.definitions.push(ended);
                    self.is_within_definition = false;
                }
            }
            Token::Open(_) | Token::At | Token::Other => self.within_value(token)?,
        }
        Ok(())
    }

    /// After `...`.
    fn spread(&mut self, is_at_root: bool) -> Result<(), Refused> {
        self.current.own.selections += 1;
        match self.lexer.next_name()? {
            Some("on") => {
                self.is_inline = true;
                self.lexer.next_name()?;
            }
            None => self.is_inline = true,
            Some(fragment) => {
                self.is_inline = false;
                self.spreads += 1;
                SPREADS.hold(self.spreads)?;
                self.current.spreads.push(Spread {
                    fragment,
                    is_at_root,
                    nesting: self.open.len(),
                });
            }
        }
        Ok(())
    }

    fn directive(&mut self) -> Result<(), Refused> {
        self.current.own.directives += 1;
        self.lexer.next_name()?;
        Ok(())
    }

    fn enter(&mut self, frame: Frame) -> Result<(), Refused> {
        self.open.push(frame);
        let nesting = &mut self.current.own.nesting;
        *nesting = self.open.len().max(*nesting);
        NESTING.hold(*nesting)
    }
}
