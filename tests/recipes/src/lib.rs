//! The recipes of `docs/recipes.md`, compiled as they are shown there: without hidden lines.

#[cfg(doctest)]
#[doc = include_str!("../../../docs/recipes.md")]
struct Recipes;
