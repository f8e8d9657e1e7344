//! Relay connections over keyset pages.

use async_graphql::connection::{
    Connection, DefaultConnectionName, DefaultEdgeName, DisableNodesField, Edge, EmptyFields,
};
use async_graphql::{ObjectType, OutputType, Result};
use projections::{Cursor, PageRequest, Paged};

use crate::error::refused;

/// Rows that one page may hold.
const MAX_FIRST: u16 = 100;
/// As the schema says.
const DEFAULT_FIRST: i32 = 20;

/// A page of `Node`s; `Total` adds `totalCount`, counted only when asked for.
pub(crate) type Page<Node, Total> = Connection<
    String,
    Node,
    Total,
    EmptyFields,
    DefaultConnectionName,
    DefaultEdgeName,
    DisableNodesField,
>;

/// A row that knows its place in its list.
pub(crate) trait Listed {
    fn cursor(&self) -> Cursor;
}

pub(crate) fn page_request(first: Option<i32>, after: Option<&str>) -> Result<PageRequest> {
    let limit = first_of(first.unwrap_or(DEFAULT_FIRST), MAX_FIRST)?;
    let after = after
        .map(str::parse)
        .transpose()
        .map_err(|error| refused("after", "INVALID", format!("after: {error}")))?;
    Ok(PageRequest { limit, after })
}

/// How many rows are asked for, 1 to `max`.
pub(crate) fn first_of(first: i32, max: u16) -> Result<u16> {
    let rows = u16::try_from(first).ok();
    rows.filter(|rows| (1..=max).contains(rows)).ok_or_else(|| {
        let message = format!("first: {first} is out of range; ask for 1 to {max}");
        refused("first", "INVALID", message)
    })
}

/// How much a page of `first` rows costs, each costing `row`.
pub(crate) fn page_cost(first: Option<i32>, row: usize) -> usize {
    let rows = usize::try_from(first.unwrap_or(DEFAULT_FIRST));
    1 + rows.unwrap_or(0).saturating_mul(row)
}

pub(crate) fn page<View, Node, Total>(
    found: Paged<View>,
    request: PageRequest,
    total: Total,
) -> Page<Node, Total>
where
    View: Listed,
    Node: From<View> + OutputType,
    Total: ObjectType,
{
    // A cursor is the place of a row that came before this page.
    let has_previous = request.after.is_some();
    let mut page = Connection::with_additional_fields(has_previous, found.has_next, total);
    page.edges = found
        .items
        .into_iter()
        .map(|view| Edge::new(view.cursor().to_string(), view.into()))
        .collect();
    page
}
