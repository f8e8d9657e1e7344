//! What a query comes to, as its parser sees it: a second opinion on
//! [`graphql::guard`], which counts before anything is parsed.

use std::collections::HashMap;

use async_graphql::parser::types::{
    BaseType, Directive, ExecutableDocument, FragmentDefinition, Selection, SelectionSet, Type,
    VariableDefinition,
};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value;
use graphql::guard::{
    ALIASES, DIRECTIVES, FRAGMENTS, Limit, NESTING, OPERATIONS, ROOT_FIELDS, SELECTIONS, SPREADS,
};

#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    selections: usize,
    root_fields: usize,
    aliases: usize,
    directives: usize,
    nesting: usize,
}

pub struct Counted {
    operations: usize,
    fragments: usize,
    spreads: usize,
    /// The most that any operation comes to, with all that it spreads.
    most: Totals,
    pub is_cyclic: bool,
    pub introspects: bool,
}

impl Counted {
    pub fn of(document: &ExecutableDocument) -> Self {
        let mut counter = Counter {
            fragments: &document.fragments,
            known: HashMap::new(),
            spreads: 0,
            is_cyclic: false,
            introspects: false,
        };
        let mut most = Totals::default();
        for name in document.fragments.keys() {
            // A fragment that nobody spreads is parsed all the same.
            most.nesting = counter.fragment(name).nesting.max(most.nesting);
        }
        let mut operations = 0;
        for (_, operation) in document.operations.iter() {
            operations += 1;
            let operation = &operation.node;
            let mut totals = Totals::default();
            directives(&operation.directives, 0, &mut totals);
            variables(&operation.variable_definitions, &mut totals);
            counter.set(&operation.selection_set.node, 1, true, &mut totals);
            most.keep_most(&totals);
        }
        Self {
            operations,
            fragments: document.fragments.len(),
            spreads: counter.spreads,
            most,
            is_cyclic: counter.is_cyclic,
            introspects: counter.introspects,
        }
    }

    pub fn beyond(&self) -> Vec<Limit> {
        let counts = [
            (OPERATIONS, self.operations),
            (FRAGMENTS, self.fragments),
            (SPREADS, self.spreads),
            (SELECTIONS, self.most.selections),
            (ALIASES, self.most.aliases),
            (ROOT_FIELDS, self.most.root_fields),
            (DIRECTIVES, self.most.directives),
            (NESTING, self.most.nesting),
        ];
        let beyond = counts
            .into_iter()
            .filter(|(limit, count)| *count > limit.allowed);
        beyond.map(|(limit, _)| limit).collect()
    }
}

impl Totals {
    fn keep_most(&mut self, other: &Self) {
        self.selections = self.selections.max(other.selections);
        self.root_fields = self.root_fields.max(other.root_fields);
        self.aliases = self.aliases.max(other.aliases);
        self.directives = self.directives.max(other.directives);
        self.nesting = self.nesting.max(other.nesting);
    }

    fn nest(&mut self, brackets: usize) {
        self.nesting = self.nesting.max(brackets);
    }
}

struct Counter<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// None while what it spreads is being counted.
    known: HashMap<&'a Name, Option<Totals>>,
    spreads: usize,
    is_cyclic: bool,
    introspects: bool,
}

impl<'a> Counter<'a> {
    fn fragment(&mut self, name: &Name) -> Totals {
        let Some((name, fragment)) = self.fragments.get_key_value(name) else {
            return Totals::default();
        };
        match self.known.get(name) {
            Some(Some(totals)) => return *totals,
            Some(None) => {
                self.is_cyclic = true;
                return Totals::default();
            }
            None => {}
        }
        self.known.insert(name, None);
        let mut totals = Totals::default();
        directives(&fragment.node.directives, 0, &mut totals);
        self.set(&fragment.node.selection_set.node, 1, true, &mut totals);
        self.known.insert(name, Some(totals));
        totals
    }

    /// A selection set within `open` brackets, its own counted.
    fn set(&mut self, set: &'a SelectionSet, open: usize, at_root: bool, totals: &mut Totals) {
        if set.items.is_empty() {
            return;
        }
        totals.nest(open);
        for item in &set.items {
            let add = |to: &mut usize, more: usize| *to = to.saturating_add(more);
            add(&mut totals.selections, 1);
            match &item.node {
                Selection::Field(field) => {
                    let field = &field.node;
                    let name = field.name.node.as_str();
                    self.introspects |= matches!(name, "__schema" | "__type");
                    add(&mut totals.root_fields, usize::from(at_root));
                    add(&mut totals.aliases, usize::from(field.alias.is_some()));
                    arguments(&field.arguments, open, totals);
                    directives(&field.directives, open, totals);
                    self.set(&field.selection_set.node, open + 1, false, totals);
                }
                Selection::InlineFragment(inline) => {
                    directives(&inline.node.directives, open, totals);
                    let set = &inline.node.selection_set.node;
                    self.set(set, open + 1, at_root, totals);
                }
                Selection::FragmentSpread(spread) => {
                    self.spreads += 1;
                    directives(&spread.node.directives, open, totals);
                    let more = self.fragment(&spread.node.fragment_name.node);
                    add(&mut totals.selections, more.selections);
                    add(&mut totals.aliases, more.aliases);
                    add(&mut totals.directives, more.directives);
                    if at_root {
                        add(&mut totals.root_fields, more.root_fields);
                    }
                    totals.nest(open + more.nesting);
                }
            }
        }
    }
}

fn directives(all: &[Positioned<Directive>], open: usize, totals: &mut Totals) {
    for directive in all {
        totals.directives = totals.directives.saturating_add(1);
        arguments(&directive.node.arguments, open, totals);
    }
}

fn arguments(all: &[(Positioned<Name>, Positioned<Value>)], open: usize, totals: &mut Totals) {
    for (_, value) in all {
        totals.nest(open + 1 + depth(&value.node));
    }
}

fn variables(all: &[Positioned<VariableDefinition>], totals: &mut Totals) {
    for variable in all {
        let variable = &variable.node;
        totals.nest(1 + lists(&variable.var_type.node));
        if let Some(default) = &variable.default_value {
            totals.nest(1 + depth(&default.node.clone().into_value()));
        }
        directives(&variable.directives, 1, totals);
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or_default(),
        _ => 0,
    }
}

fn lists(of: &Type) -> usize {
    match &of.base {
        BaseType::Named(_) => 0,
        BaseType::List(within) => 1 + lists(within),
    }
}
