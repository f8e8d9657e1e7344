//! The GraphQL schema and the HTTP routes around it.
